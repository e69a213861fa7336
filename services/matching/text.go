package matching

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// sentence is what is said of a cause: what is wrong, what comes next, and who does it.
type sentence struct {
	wrong fault.Text
	next  step
}

// step is a next step with who takes it.
type step struct {
	actor Actor
	text  fault.Text
}

// The next steps.
var (
	wait = step{Nobody, fault.Text{Vi: "nhà trường không phải làm gì", En: "the school has nothing to do"}}

	mendPaper = step{School, fault.Text{
		Vi: "nhà trường đối chiếu với giấy khai sinh hoặc thẻ căn cước rồi sửa; nếu giấy tờ đúng như đã ghi, gia đình đề nghị công an nơi thường trú điều chỉnh",
		En: "the school compares with the birth certificate or identity card and mends it; if the paper is as it was written, the family asks the police of the place of residence to correct the database",
	}}
	mendNumber = step{School, fault.Text{
		Vi: "nhà trường đối chiếu từng chữ số với thẻ căn cước hoặc thông báo số định danh rồi sửa; nếu đúng từng số, gia đình hỏi công an nơi thường trú",
		En: "the school compares each digit with the identity card or the notice of the number and mends it; if every digit is right, the family asks the police of the place of residence",
	}}
	mendCell = step{School, fault.Text{
		Vi: "nhà trường định dạng cột số định danh là văn bản (Text), nhập lại đủ 12 chữ số rồi gửi lại",
		En: "the school formats the column of numbers as text, enters all 12 digits again and sends it again",
	}}
	mendColumn = step{School, fault.Text{
		Vi: "nhà trường kiểm tra cột số định danh của cả lớp trong tệp gốc, đặt lại cho đúng hàng rồi gửi lại",
		En: "the school checks the column of numbers of the whole class in its file, puts it back in its rows and sends it again",
	}}
	mendBoth = step{School, fault.Text{
		Vi: "nhà trường đối chiếu số với giấy tờ của cả hai học sinh rồi sửa",
		En: "the school compares the number with the papers of both pupils and mends it",
	}}
	newNumber = step{Family, fault.Text{
		Vi: "gia đình đưa thẻ hoặc thông báo số mới của công an cho nhà trường; nhà trường cập nhật số mới",
		En: "the family brings the card or the notice of the new number from the police; the school enters it",
	}}
	askNumber = step{Family, fault.Text{
		Vi: "gia đình đề nghị công an nơi thường trú cấp hoặc thông báo số; nhà trường cập nhật khi có",
		En: "the family asks the police of the place of residence for it; the school enters it when it is there",
	}}
	glance = step{Province, fault.Text{
		Vi: "nhà trường sửa theo giấy khai sinh nếu viết nhầm; nếu giấy khai sinh viết đúng như vậy, Sở xem bản chụp và kết luận",
		En: "the school mends it from the birth certificate if it was a slip; if the certificate has it so, the province looks at a copy and settles it",
	}}
)

// sentences by Cause.
var sentences = map[Cause]sentence{
	{FullName, "soft_iy"}:          {fault.Text{Vi: "họ tên chỉ khác cách viết i và y", En: "the name differs only in i and y"}, glance},
	{FullName, "no_diacritics"}:    {fault.Text{Vi: "họ tên khác dấu", En: "the name differs in its diacritics"}, mendPaper},
	{FullName, "sound"}:            {fault.Text{Vi: "họ tên khác phụ âm đầu dễ lẫn (d/gi/r, s/x, ch/tr, n/l)", En: "the name differs in an initial that sounds alike (d/gi/r, s/x, ch/tr, n/l)"}, mendPaper},
	{FullName, "word_missing"}:     {fault.Text{Vi: "họ tên thiếu chữ so với CSDL quốc gia về dân cư", En: "the name lacks a word that the population database has"}, mendPaper},
	{FullName, "word_added"}:       {fault.Text{Vi: "họ tên thừa chữ so với CSDL quốc gia về dân cư", En: "the name has a word that the population database has not"}, mendPaper},
	{FullName, "near"}:             {fault.Text{Vi: "họ tên khác một, hai chữ cái", En: "the name differs in a letter or two"}, mendPaper},
	{FullName, "partly"}:           {fault.Text{Vi: "họ tên chỉ giống một phần", En: "only a part of the name agrees"}, mendPaper},
	{FullName, "different"}:        {fault.Text{Vi: "họ tên khác hẳn", En: "the name is another"}, mendPaper},
	{FullName, "missing"}:          {fault.Text{Vi: "thiếu họ tên", En: "there is no name"}, mendPaper},
	{DateOfBirth, "year_only"}:     {fault.Text{Vi: "ngày sinh chỉ có năm, CSDL quốc gia về dân cư có đủ ngày tháng", En: "only the year of birth was given where the population database has day and month"}, mendPaper},
	{DateOfBirth, "swapped"}:       {fault.Text{Vi: "ngày sinh bị đảo ngày và tháng", En: "day and month of the birth date are exchanged"}, mendPaper},
	{DateOfBirth, "day_off"}:       {fault.Text{Vi: "ngày sinh lệch một ngày", En: "the birth date is one day off"}, mendPaper},
	{DateOfBirth, "year_off"}:      {fault.Text{Vi: "năm sinh lệch một năm", En: "the year of birth is one year off"}, mendPaper},
	{DateOfBirth, "january_first"}: {fault.Text{Vi: "ngày sinh ghi 01/01 trong khi CSDL quốc gia về dân cư có ngày tháng khác", En: "1 January was written where the population database has another day"}, mendPaper},
	{DateOfBirth, "one_digit"}:     {fault.Text{Vi: "ngày sinh sai một chữ số", En: "one digit of the birth date differs"}, mendPaper},
	{DateOfBirth, "same_year"}:     {fault.Text{Vi: "ngày sinh chỉ đúng năm", En: "only the year of the birth date agrees"}, mendPaper},
	{DateOfBirth, "different"}:     {fault.Text{Vi: "ngày sinh khác hẳn", En: "the birth date is another"}, mendPaper},
	{DateOfBirth, "missing"}:       {fault.Text{Vi: "thiếu ngày sinh", En: "there is no birth date"}, mendPaper},
	{Gender, "differs"}:            {fault.Text{Vi: "giới tính khác", En: "the gender differs"}, mendPaper},
	{IDNumber, NumberUnknown}:      {fault.Text{Vi: "CSDL quốc gia về dân cư không có số định danh này", En: "the population database has no such number"}, mendNumber},
	{IDNumber, NumberCancelled}:    {fault.Text{Vi: "số định danh này đã bị huỷ và được cấp số khác", En: "this number was cancelled and another was issued"}, newNumber},
	{IDNumber, NumberOtherPerson}:  {fault.Text{Vi: "số định danh này là của một người khác (cả họ tên và ngày sinh đều khác)", En: "this number is somebody else's (name and birth date both differ)"}, mendNumber},
	{IDNumber, NumberOtherPupil}:   {fault.Text{Vi: "số định danh này là của một học sinh khác trong trường", En: "this number is another pupil's of the school"}, mendBoth},
	{IDNumber, NumberExchanged}:    {fault.Text{Vi: "số định danh của hai học sinh bị đổi cho nhau", En: "two pupils have each other's number"}, mendBoth},
	{IDNumber, NumberShifted}:      {fault.Text{Vi: "số định danh bị lệch hàng: số này là của học sinh ở hàng bên cạnh", En: "the numbers have slipped by a row: this one is of the pupil in the next"}, mendColumn},
	{IDNumber, NumberZeroLost}:     {fault.Text{Vi: "số định danh mất số 0 ở đầu", En: "the number lost the 0 at its start"}, mendCell},
	{IDNumber, NumberPrecision}:    {fault.Text{Vi: "số định danh bị bảng tính đổi thành số thực, mất chữ số", En: "a workbook turned the number into a floating-point one and lost digits"}, mendCell},
	{IDNumber, NumberMalformed}:    {fault.Text{Vi: "số định danh không đúng dạng nên chưa thể đối chiếu", En: "the number is malformed, so it cannot be asked about"}, mendNumber},
	{IDNumber, NumberNone}:         {fault.Text{Vi: "học sinh chưa có số định danh", En: "the pupil has no number yet"}, askNumber},
}

// Of outcomes without a cause.
var outcomeSentences = map[Outcome]sentence{
	Waiting:       {fault.Text{Vi: "đang chờ đối chiếu với CSDL quốc gia về dân cư", En: "waiting for the population database"}, wait},
	Confirmed:     {fault.Text{Vi: "khớp với CSDL quốc gia về dân cư", En: "agrees with the population database"}, wait},
	NotApplicable: {fault.Text{Vi: "học sinh dùng hộ chiếu, không đối chiếu với CSDL quốc gia về dân cư", En: "the pupil has a passport, so the population database is not asked"}, wait},
	Mismatched: {fault.Text{
		Vi: "CSDL quốc gia về dân cư trả lời không khớp và không cho biết ở mục nào", En: "the population database answers no, without saying which field",
	}, step{School, fault.Text{
		Vi: "nhà trường đối chiếu số định danh, họ tên và ngày sinh với giấy tờ rồi sửa; nếu giấy tờ đúng như đã ghi, gia đình hỏi công an nơi thường trú",
		En: "the school compares number, name and birth date with the papers and mends them; if the papers are as it was written, the family asks the police of the place of residence",
	}}},
}

// say returns the result with its sentence and its actor.
func say(r Result) Result { return explain(r, nil) }

// explain is say for a name of which some words differ; words count from 1.
func explain(r Result, words []int) Result {
	if len(r.Causes) == 0 {
		s := outcomeSentences[r.Outcome]
		r.Actor, r.Text = s.next.actor, join([]fault.Text{s.wrong}, s.next.text)
		return r
	}
	wrong := make([]fault.Text, 0, len(r.Causes))
	for _, c := range r.Causes {
		t := sentences[c].wrong
		if c.Field == FullName && len(words) > 0 {
			t.Vi += " ở từ thứ " + list(words, " và ")
			t.En += " (word " + list(words, " and ") + ")"
		}
		wrong = append(wrong, t)
	}
	next := sentences[r.Causes[0]].next
	r.Actor, r.Text = next.actor, join(wrong, next.text)
	return r
}

// join makes one sentence.
func join(wrong []fault.Text, next fault.Text) fault.Text {
	vi, en := make([]string, len(wrong)), make([]string, len(wrong))
	for i, w := range wrong {
		vi[i], en[i] = w.Vi, w.En
	}
	return fault.Text{
		Vi: fmt.Sprintf("%s; %s.", capital(strings.Join(vi, ", ")), next.Vi),
		En: fmt.Sprintf("%s; %s.", capital(strings.Join(en, ", ")), next.En),
	}
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func list(words []int, and string) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(and)
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(w))
	}
	return b.String()
}

// wordsApart tells which words of a name differ, where the names have as many words and it helps to know; never what they are.
func wordsApart(l NameLevel, a, b *nameForms) []int {
	if l != NameNoDiacritics && l != NameSound && l != NameNear {
		return nil
	}
	x, y := strings.Fields(a.folded), strings.Fields(b.folded)
	if len(x) != len(y) {
		return nil
	}
	var out []int
	for i := range x {
		if x[i] != y[i] {
			out = append(out, i+1)
		}
	}
	return out
}
