package linkage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
)

// Differences says in words in what a profile differs from a person, without any value.
func Differences(l matching.Levels) fault.Text {
	var vi, en []string
	for _, t := range []fault.Text{nameWords[l.Name], dateWords[l.Date], genderWords[l.Gender], numberWords[l.Number], placeWords[l.Residence]} {
		if t.Vi != "" {
			vi, en = append(vi, t.Vi), append(en, t.En)
		}
	}
	if len(vi) == 0 {
		return fault.Text{Vi: "Không có khác biệt", En: "Nothing differs"}
	}
	return fault.Text{Vi: capital(strings.Join(vi, "; ")), En: capital(strings.Join(en, "; "))}
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

var nameWords = map[matching.NameLevel]fault.Text{
	matching.NameSoftIY:       {Vi: "họ tên khác i và y", En: "the name differs in i and y"},
	matching.NameNoDiacritics: {Vi: "họ tên khác dấu", En: "the name differs in its diacritics"},
	matching.NameSound:        {Vi: "họ tên khác phụ âm đầu dễ lẫn", En: "the name differs in an initial that sounds alike"},
	matching.NameWordMissing:  {Vi: "họ tên thiếu chữ", En: "the name lacks a word"},
	matching.NameWordAdded:    {Vi: "họ tên thừa chữ", En: "the name has a word too many"},
	matching.NameNear:         {Vi: "họ tên khác một, hai chữ cái", En: "the name differs in a letter or two"},
	matching.NamePartly:       {Vi: "họ tên chỉ giống một phần", En: "only a part of the name agrees"},
	matching.NameDifferent:    {Vi: "họ tên khác hẳn", En: "the name is another"},
	matching.NameMissing:      {Vi: "không so được họ tên", En: "there is no name to compare"},
}

var dateWords = map[matching.DateLevel]fault.Text{
	matching.DateYearOnly:     {Vi: "ngày sinh chỉ biết năm ở một bên", En: "one side knows only the year of birth"},
	matching.DateSwapped:      {Vi: "ngày sinh đảo ngày và tháng", En: "day and month of the birth date are exchanged"},
	matching.DateDayOff:       {Vi: "ngày sinh lệch một ngày", En: "the birth date is one day off"},
	matching.DateYearOff:      {Vi: "năm sinh lệch một năm", En: "the year of birth is one year off"},
	matching.DateJanuaryFirst: {Vi: "ngày sinh ghi 01/01", En: "the birth date is written as 1 January"},
	matching.DateOneDigit:     {Vi: "ngày sinh khác một chữ số", En: "the birth date differs in one digit"},
	matching.DateSameYear:     {Vi: "ngày sinh chỉ cùng năm", En: "only the year of birth agrees"},
	matching.DateDifferent:    {Vi: "ngày sinh khác hẳn", En: "the birth date is another"},
	matching.DateMissing:      {Vi: "không so được ngày sinh", En: "there is no birth date to compare"},
}

var genderWords = map[matching.GenderLevel]fault.Text{
	matching.GenderDiffers: {Vi: "giới tính khác", En: "the gender differs"},
}

var numberWords = map[matching.NumberLevel]fault.Text{
	matching.NumberLeadingZero: {Vi: "số định danh thiếu số 0 ở đầu", En: "the ID number lacks its first zero"},
	matching.NumberOneDigit:    {Vi: "số định danh khác một chữ số", En: "the ID number differs in one digit"},
	matching.NumberTransposed:  {Vi: "số định danh đảo hai chữ số liền nhau", En: "two neighbouring digits of the ID number are exchanged"},
	matching.NumberSameTail:    {Vi: "số định danh khác ba số đầu (mã nơi đăng ký khai sinh)", En: "the first three digits of the ID number differ (where the birth was registered)"},
	matching.NumberSameHead:    {Vi: "số định danh chỉ giống sáu số đầu", En: "only the first six digits of the ID number agree"},
	matching.NumberDifferent:   {Vi: "số định danh khác hẳn", En: "the ID number is another"},
	matching.NumberMissing:     {Vi: "không so được số định danh", En: "there is no ID number to compare"},
}

var placeWords = map[matching.PlaceLevel]fault.Text{
	matching.PlaceDistrict:  {Vi: "nơi thường trú khác xã", En: "the residence is in another commune"},
	matching.PlaceProvince:  {Vi: "nơi thường trú khác huyện", En: "the residence is in another district"},
	matching.PlaceDifferent: {Vi: "nơi thường trú khác tỉnh", En: "the residence is in another province"},
}
