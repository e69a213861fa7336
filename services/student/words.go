package student

import "github.com/rasoat/rasoat/services/internal/fault"

// The words of the ministry's workbooks for the closed lists, with their English. Whoever shows a record to people
// takes them from here.

// Text names the gender for people; the zero text for an unknown one.
func (g Gender) Text() fault.Text { return genders[g] }

var genders = map[Gender]fault.Text{
	Male:   {Vi: "Nam", En: "Male"},
	Female: {Vi: "Nữ", En: "Female"},
}

// Text names the state for people.
func (s EnrolmentState) Text() fault.Text { return states[s] }

var states = map[EnrolmentState]fault.Text{
	Joined:      {Vi: "Đang học", En: "Enrolled"},
	Transferred: {Vi: "Chuyển đi", En: "Transferred"},
	Left:        {Vi: "Thôi học", En: "Left"},
	Deferred:    {Vi: "Bảo lưu", En: "Deferred"},
	Deceased:    {Vi: "Đã mất", En: "Deceased"},
}

// Text names the kind of document for people.
func (k IdentityKind) Text() fault.Text { return identityKinds[k] }

var identityKinds = map[IdentityKind]fault.Text{
	PersonalID: {Vi: "ĐDCN/CCCD", En: "Personal ID number"},
	CMND:       {Vi: "CMND", En: "9-digit identity card"},
	Passport:   {Vi: "Hộ chiếu", En: "Passport"},
	NoNumber:   {Vi: "Chưa có số", En: "No number yet"},
}

// Text names the part for people, in the middle of a sentence.
func (p Part) Text() fault.Text { return parts[p] }

var parts = map[Part]fault.Text{
	Enrolment:   {Vi: "ghi danh", En: "enrolment"},
	ProfilePart: {Vi: "hồ sơ", En: "profile"},
	Results10:   {Vi: "kết quả lớp 10", En: "results of grade 10"},
	Results11:   {Vi: "kết quả lớp 11", En: "results of grade 11"},
	Results121:  {Vi: "kết quả học kỳ 1 lớp 12", En: "results of semester 1 of grade 12"},
	Results122:  {Vi: "kết quả học kỳ 2 và cả năm lớp 12", En: "results of semester 2 and the year of grade 12"},
}

// Text names the programme for people.
func (p Programme) Text() fault.Text { return programmes[p] }

var programmes = map[Programme]fault.Text{
	Upper2006:  {Vi: "GDPT 2006", En: "Upper secondary, 2006"},
	Upper2018:  {Vi: "GDPT 2018", En: "Upper secondary, 2018"},
	Continuing: {Vi: "GDTX", En: "Continuing education"},
}

// Text names the result for people.
func (c Comment) Text() fault.Text { return comments[c] }

var comments = map[Comment]fault.Text{
	Passed:    {Vi: "Đ", En: "Passed"},
	NotPassed: {Vi: "CĐ", En: "Not passed"},
}

// Text names the rating for people.
func (r Rating) Text() fault.Text { return ratings[r] }

var ratings = map[Rating]fault.Text{
	Excellent:       {Vi: "Giỏi", En: "Excellent"},
	Good:            {Vi: "Khá", En: "Good"},
	Average:         {Vi: "Trung bình", En: "Average"},
	Weak:            {Vi: "Yếu", En: "Weak"},
	Poor:            {Vi: "Kém", En: "Poor"},
	VeryGood:        {Vi: "Tốt", En: "Very good"},
	RatingPassed:    {Vi: "Đạt", En: "Passed"},
	RatingNotPassed: {Vi: "Chưa đạt", En: "Not passed"},
}

// Text names the rating for people.
func (c Conduct) Text() fault.Text { return conducts[c] }

var conducts = map[Conduct]fault.Text{
	ConductGood:      {Vi: "Tốt", En: "Good"},
	ConductFair:      {Vi: "Khá", En: "Fair"},
	ConductAverage:   {Vi: "Trung bình", En: "Average"},
	ConductWeak:      {Vi: "Yếu", En: "Weak"},
	ConductPassed:    {Vi: "Đạt", En: "Passed"},
	ConductNotPassed: {Vi: "Chưa đạt", En: "Not passed"},
}

// ConductText names the conduct rating of a term, or why there is none; the zero text when neither was given.
func (t Term) ConductText() fault.Text {
	switch {
	case t.Conduct != "":
		return t.Conduct.Text()
	case t.ConductAbsent == NotRated:
		return fault.Text{Vi: "Không xếp loại", En: "Not rated"}
	}
	return fault.Text{Vi: t.ConductAbsent, En: t.ConductAbsent}
}

// NotRated is why a learner of continuing education has no conduct rating.
const NotRated = "KHONG_XEP_LOAI"

// Exempted names an exemption for people.
var Exempted = fault.Text{Vi: "Miễn", En: "Exempt"}

// Word names a commented result or an exemption for people; the zero text for a mark and for nothing.
func (s Score) Word() fault.Text {
	if s.Exempt {
		return Exempted
	}
	return s.Comment.Text()
}

// Languages names the foreign languages by their codes of the exam.
var Languages = map[string]fault.Text{
	"N1": {Vi: "Tiếng Anh", En: "English"}, "N2": {Vi: "Tiếng Nga", En: "Russian"}, "N3": {Vi: "Tiếng Pháp", En: "French"},
	"N4": {Vi: "Tiếng Trung", En: "Chinese"}, "N5": {Vi: "Tiếng Đức", En: "German"}, "N6": {Vi: "Tiếng Nhật", En: "Japanese"},
	"N7": {Vi: "Tiếng Hàn", En: "Korean"},
}
