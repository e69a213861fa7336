package workbook

import "strings"

// field is what a column holds.
type field uint8

// The fields of both workbooks.
const (
	fNone field = iota
	fRowNo
	fClass
	fCode
	fName
	fBirthDate
	fGender
	fEthnicity
	fNationality
	fProvince
	fDistrict
	fCommune
	fParent // what is known of father and mother: in the template, and not asked for by the drive
	fNumber
	fIdentityKind
	fReason
	fPassport
	fState
	fSince
	fStateReason
	fSchoolYear
	fSchool
	fProgramme
	fSpecialised
	fLanguage
	fSummer
	fNotApplicable
	// Of the results workbook, each with a term.
	fSubject
	fAverage
	fRating
	fConduct
	fConductAbsent
)

// title is how a column is headed when we write it, and how else it may be headed.
type title struct {
	field   field
	text    string // as the ministry's template has it
	others  string // other headers, apart by "|"
	path    string // the field of the contract that the column holds
	profile bool   // a profiles workbook must have it
}

// titles are the columns that have one value a pupil.
var titles = []title{
	{fRowNo, "STT", "TT|Số TT|Số thứ tự|No|Number", "", false},
	{fClass, "Mã lớp", "Lớp|Tên lớp|Lớp học|Class|Class name", "class", true},
	{fCode, "Mã định danh Bộ GD&ĐT", "Mã định danh|Mã học sinh|Mã HS|Mã định danh học sinh|Mã định danh Bộ GD và ĐT|" +
		"Mã định danh của Bộ GD&ĐT|Mã định danh Bộ|Mã HS Bộ|Mã số học sinh|Pupil code|Student code|Pupil ID|Student ID", "code", true},
	{fName, "Họ và tên", "Họ tên|Họ và tên học sinh|Họ tên học sinh|Họ, chữ đệm và tên|Họ, chữ đệm và tên khai sinh|Full name|Name", "profile.full_name", true},
	{fBirthDate, "Ngày sinh", "Ngày tháng năm sinh|Ngày, tháng, năm sinh|NTNS|Năm sinh|Date of birth|Birth date|DOB", "profile.date_of_birth", true},
	{fGender, "Giới tính", "Nam/Nữ|GT|Phái|Gender|Sex", "profile.gender", true},
	{fEthnicity, "Dân tộc", "Ethnicity|Ethnic group", "profile.ethnicity", true},
	{fNationality, "Quốc tịch", "Nationality", "profile.nationality", true},
	{fProvince, "Tỉnh", "Tỉnh/Thành phố|Tỉnh/TP|Tỉnh thành|Thành phố|Mã tỉnh|Province|Province/City", "profile.residence.province", true},
	{fDistrict, "Huyện", "Quận/Huyện|Huyện/Quận|Quận/Huyện/Thị xã|Huyện/Quận/Thị xã/Thành phố|Quận huyện|Mã huyện|District", "profile.residence.district", true},
	{fCommune, "Xã", "Phường/Xã|Xã/Phường|Xã/Phường/Thị trấn|Phường/Xã/Thị trấn|Xã phường|Mã xã|Commune|Ward|Commune/Ward", "profile.residence.commune", true},
	{fParent, "Họ tên cha", "Họ và tên cha|Họ tên bố|Họ và tên bố|Father's name", "", false},
	{fParent, "Năm sinh cha", "Năm sinh bố|Father's year of birth", "", false},
	{fParent, "Họ tên mẹ", "Họ và tên mẹ|Mother's name", "", false},
	{fParent, "Năm sinh mẹ", "Mother's year of birth", "", false},
	{fNumber, "Số ĐDCN", "Số định danh cá nhân|Mã định danh cá nhân|ĐDCN|CCCD|Số CCCD|CMND|Số CMND|CMND/CCCD|Số CMND/CCCD|CCCD/CMND|Số CCCD/CMND|" +
		"Số CMND/CCCD/Hộ chiếu|CMND/CCCD/Hộ chiếu|Số CMND/CCCD (ĐDCN)/hộ chiếu|Số ĐDCN/CMND|Số ĐDCN/CCCD|Số ĐDCN/CMND/CCCD|Số ĐDCN/Hộ chiếu|" +
		"Số ĐDCN/CMND/Hộ chiếu|Số căn cước công dân|Số căn cước|ID number|Identity number", "profile.identity.number", true},
	{fIdentityKind, "Loại giấy tờ", "Loại giấy tờ tùy thân|Loại giấy tờ tuỳ thân|Kind of document|Document type", "profile.identity.kind", false},
	{fReason, "Lý do chưa có số ĐDCN", "Lý do chưa có số|Lý do không có số ĐDCN|Lý do chưa có CCCD|Lý do chưa có số định danh cá nhân|Reason for no ID number", "profile.identity.reason", false},
	{fPassport, "Số hộ chiếu", "Hộ chiếu|Passport|Passport number", "profile.identity.number", false},
	{fState, "Trạng thái HS", "Trạng thái|Trạng thái học sinh|State|Status", "enrolment.state", false},
	{fSince, "Ngày nhập trạng thái", "Ngày trạng thái|Ngày vào trường|Từ ngày|State since|Since", "enrolment.since", false},
	{fStateReason, "Lý do trạng thái", "Lý do thay đổi trạng thái|Lý do|Reason for state|Reason", "enrolment.reason", false},
	{fSchoolYear, "Năm học", "School year", "results.school_year", false},
	{fSchool, "Trường", "Trường học|Tên trường|Học tại trường|School", "results.school_studied", false},
	{fProgramme, "Chương trình", "Chương trình học|Chương trình giáo dục|Programme", "results.programme", false},
	{fSpecialised, "Môn chuyên", "Lớp chuyên|Specialised subject", "results.specialised_subject", false},
	{fLanguage, "Mã ngoại ngữ", "Ngoại ngữ|Thứ tiếng|Môn ngoại ngữ|Foreign language", "results.foreign_language", false},
	{fSummer, "Rèn luyện hè", "Rèn luyện trong hè|RL hè|Summer training", "results.summer_training", false},
	{fNotApplicable, "Lý do không có kết quả", "Không có kết quả|Lý do không có KQ|Reason for no results", "results.not_applicable", false},
}

// summaries are the columns that have a value for each term beside the subjects.
var summaries = []title{
	{fAverage, "TB", "ĐTB|TBM|Điểm TB|Điểm trung bình|Trung bình|TB các môn|ĐTB các môn|Trung bình các môn|Điểm tổng kết|Average|Average mark|GPA", "average_tenths", false},
	{fRating, "Học lực", "HL|XL học lực|Xếp loại học lực|XLHL|Kết quả học tập|Academic rating|Academic performance", "rating", false},
	{fConduct, "Hạnh kiểm", "HK|XL hạnh kiểm|Xếp loại hạnh kiểm|XLHK|Rèn luyện|Kết quả rèn luyện|Conduct|Conduct rating", "conduct", false},
	{fConductAbsent, "Lý do không xếp HK", "Lý do không xếp loại hạnh kiểm|Reason for no conduct", "conduct_absent", false},
}

// term is one of the values of a year.
type term uint8

// The terms.
const (
	noTerm term = iota
	semester1
	semester2
	wholeYear
	beforeRetake // the year's value that a retake replaced
)

var allTerms = []term{semester1, semester2, wholeYear, beforeRetake}

var termNames = newWords(
	word[term]{semester1, "HK1", "hki hocky1 hockyi hocki1 hockii ky1 kyi hk01 hockymot hockimot semester1 semesteri firstsemester 1stsemester"},
	word[term]{semester2, "HK2", "hkii hocky2 hockyii hocki2 hockiii ky2 kyii hk02 hockyhai hockihai semester2 semesterii secondsemester 2ndsemester"},
	word[term]{wholeYear, "CN", "canam tbcn tbnam nam year wholeyear fullyear"},
	word[term]{beforeRetake, "CN trước thi lại", "truocthilai thilaitruoc cntruocktl canamtruocthilai"},
)

// path is the term's name in the contract.
func (t term) path() string {
	return [...]string{"", "semester1", "semester2", "year", "year_before_retake"}[t]
}

var (
	simpleFields  = index(titles)
	summaryFields = index(summaries)
)

func index(list []title) map[string]field {
	m := make(map[string]field, 4*len(list))
	for _, t := range list {
		m[key(t.text)] = t.field
		for other := range strings.SplitSeq(t.others, "|") {
			if other != "" {
				m[key(other)] = t.field
			}
		}
	}
	return m
}

// titleOf returns the header that a field is written under.
func titleOf(f field) string {
	for _, list := range [][]title{titles, summaries} {
		for _, t := range list {
			if t.field == f {
				return t.text
			}
		}
	}
	return ""
}

// pathFields are the fields that a path of the contract may stand in, the likeliest first: "profile.date_of_birth" stands in its
// own column; "profile.identity", or a part of it that the sheet has no column for, in the columns of the identity document.
func pathFields(path string) []field {
	var own, group []field
	for _, t := range titles {
		switch {
		case t.path == "":
		case path == t.path, strings.HasPrefix(path, t.path+"."), afterKind(path) == t.path:
			own = append(own, t.field)
		case groupOf(path) != "" && groupOf(path) == groupOf(t.path):
			group = append(group, t.field)
		}
	}
	return append(own, group...)
}

// afterKind leaves out the kind of record at the start of a path: "class" of "profile.class".
func afterKind(path string) string {
	_, rest, _ := strings.Cut(path, ".")
	return rest
}

// groupOf is the group of columns that a path belongs to: "profile.identity" of "profile.identity.kind"; "" for none.
func groupOf(path string) string {
	for _, group := range []string{"profile.identity", "profile.residence"} {
		if path == group || strings.HasPrefix(path, group+".") {
			return group
		}
	}
	return ""
}
