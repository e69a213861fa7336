package matching

import "github.com/rasoat/rasoat/services/internal/fault"

// fieldWords name the fields that are compared.
var fieldWords = map[Field]fault.Text{
	IDNumber:    {Vi: "số định danh", En: "ID number"},
	FullName:    {Vi: "họ và tên", En: "full name"},
	DateOfBirth: {Vi: "ngày sinh", En: "date of birth"},
	Gender:      {Vi: "giới tính", En: "gender"},
	Residence:   {Vi: "nơi thường trú", En: "residence"},
}

// Words names the field for people.
func (f Field) Words() fault.Text { return fieldWords[f] }

var (
	levelSame    = fault.Text{Vi: "giống nhau", En: "the same"}
	levelOther   = fault.Text{Vi: "khác hẳn", En: "different"}
	levelMissing = fault.Text{Vi: "một bên không có", En: "one side has none"}
	levelDigit   = fault.Text{Vi: "khác một chữ số", En: "one digit differs"}
)

// levelWords say for people how two values agree, by the level's stable name.
var levelWords = map[Field]map[string]fault.Text{
	IDNumber: {
		"equal": levelSame, "one_digit": levelDigit, "different": levelOther, "missing": levelMissing,
		"leading_zero": {Vi: "mất số 0 ở đầu", En: "zeros at the start are lost"},
		"transposed":   {Vi: "hai chữ số cạnh nhau bị đổi chỗ", En: "two neighbouring digits are exchanged"},
		"same_tail":    {Vi: "chỉ khác ba chữ số đầu (nơi đăng ký khai sinh)", En: "only the first three digits (the place) differ"},
		"same_head":    {Vi: "cùng tỉnh, giới tính và năm sinh, phần còn lại khác", En: "the same place, gender and year of birth; the rest differs"},
	},
	FullName: {
		"raw": levelSame, "different": levelOther, "missing": levelMissing,
		"spacing":       {Vi: "chỉ khác khoảng trắng", En: "only the spacing differs"},
		"lookalike":     {Vi: "chỉ khác ký tự trông giống nhau", En: "only look-alike characters differ"},
		"case":          {Vi: "chỉ khác chữ hoa, chữ thường", En: "only capitals differ"},
		"tone":          {Vi: "chỉ khác vị trí đặt dấu thanh", En: "only the place of the tone mark differs"},
		"soft_iy":       {Vi: "chỉ khác cách viết i và y", En: "only i and y differ"},
		"no_diacritics": {Vi: "chỉ khác dấu", En: "only diacritics differ"},
		"sound":         {Vi: "khác phụ âm đầu dễ lẫn", En: "initials that sound alike differ"},
		"word_missing":  {Vi: "thiếu chữ", En: "words are missing"},
		"word_added":    {Vi: "thừa chữ", En: "words are added"},
		"near":          {Vi: "khác một, hai chữ cái", En: "a letter or two differ"},
		"partly":        {Vi: "chỉ giống một phần", En: "only a part agrees"},
	},
	DateOfBirth: {
		"equal": levelSame, "one_digit": levelDigit, "different": levelOther, "missing": levelMissing,
		"year_only":     {Vi: "cùng năm, một bên chỉ biết năm", En: "the same year, one side knows only the year"},
		"swapped":       {Vi: "đảo ngày và tháng", En: "day and month are exchanged"},
		"day_off":       {Vi: "lệch một ngày", En: "one day off"},
		"year_off":      {Vi: "lệch một năm", En: "one year off"},
		"january_first": {Vi: "cùng năm, trường ghi 01/01", En: "the same year, the school wrote 1 January"},
		"same_year":     {Vi: "chỉ cùng năm", En: "only the year agrees"},
	},
	Gender: {"equal": levelSame, "differs": {Vi: "khác nhau", En: "different"}, "missing": levelMissing},
	Residence: {
		"same": levelSame, "different": {Vi: "khác tỉnh", En: "another province"}, "missing": levelMissing,
		"district": {Vi: "cùng huyện", En: "the same district"},
		"province": {Vi: "cùng tỉnh", En: "the same province"},
	},
}

// LevelWords says for people at which level a field agrees; the name itself of a level that is
// unknown, such as one of a newer service.
func LevelWords(f Field, level string) fault.Text {
	if t, ok := levelWords[f][level]; ok {
		return t
	}
	return fault.Text{Vi: level, En: level}
}

// Verdict says for people what so many bits speak for, with the thresholds.
func (w *Weights) Verdict(bits float64) fault.Text {
	switch {
	case bits >= w.Link:
		return fault.Text{Vi: "là một người", En: "one person"}
	case bits >= w.Review:
		return fault.Text{Vi: "cần người xem", En: "a person has to look"}
	}
	return fault.Text{Vi: "là hai người", En: "two persons"}
}
