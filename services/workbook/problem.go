package workbook

import (
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

// Problem is one complaint about one cell, row or sheet. Its Path is as people write it: "DANH MUC!G17".
type Problem struct {
	fault.Field
	// Refused says that the record did not go on. Otherwise this is a warning: the record went on as it was
	// written, and the rules of the drive will judge it.
	Refused bool
}

// The stable names of what can be wrong with a workbook.
const (
	RuleNotWorkbook  = "FILE_NOT_WORKBOOK"
	RuleOldFormat    = "FILE_OLD_FORMAT"
	RuleTooLarge     = "FILE_TOO_LARGE"
	RuleDamaged      = "FILE_DAMAGED"
	RuleNoSheet      = "FILE_WRONG_SHEETS"
	RuleEmpty        = "FILE_EMPTY"
	RuleNoColumn     = "COLUMN_MISSING"
	RuleTwoColumns   = "COLUMN_TWICE"
	RuleOddColumn    = "COLUMN_UNKNOWN"
	RuleNoTerm       = "COLUMN_WITHOUT_TERM"
	RuleNoPart       = "SHEET_PART_UNKNOWN"
	RuleHidden       = "SHEET_HIDDEN"
	RuleOldEncoding  = "SHEET_OLD_ENCODING"
	RuleNoCode       = "ROW_WITHOUT_CODE"
	RuleRowTwice     = "ROW_TWICE"
	RuleNoResults    = "ROW_WITHOUT_RESULTS"
	RuleCode         = "CELL_CODE_PRECISION"
	RuleDate         = "CELL_DATE"
	RuleGender       = "CELL_GENDER"
	RuleEthnicity    = "CELL_ETHNICITY"
	RuleNationality  = "CELL_NATIONALITY"
	RuleUnit         = "CELL_UNIT"
	RulePrecision    = "CELL_NUMBER_PRECISION"
	RuleShortNumber  = "CELL_NUMBER_SHORT"
	RuleIdentityKind = "CELL_IDENTITY_KIND"
	RuleState        = "CELL_STATE"
	RuleMark         = "CELL_MARK"
	RuleMarkRange    = "CELL_MARK_RANGE"
	RuleMarkDate     = "CELL_MARK_DATE"
	RuleRating       = "CELL_RATING"
	RuleConduct      = "CELL_CONDUCT"
	RuleProgramme    = "CELL_PROGRAMME"
	RuleSubject      = "CELL_SUBJECT"
	RuleYesNo        = "CELL_YES_NO"
	RuleFormula      = "CELL_FORMULA"
	RuleTooLong      = "CELL_TOO_LONG"
)

// wording is what a rule says and what to do next.
type wording struct{ text, remedy fault.Text }

var wordings = map[string]wording{
	RuleNoPart: {
		fault.Text{Vi: "Không rõ trang tính này là kết quả của lớp nào, học kỳ nào (tên trang và tiêu đề không nói, hoặc nói khác nhau).",
			En: "Nobody can tell which grade and term this sheet is about: its name and its title do not say, or disagree."},
		fault.Text{Vi: "Đặt tên trang như \"12A1 L10\", \"12A1 L11\", \"12A1 L12HK1\", \"12A1 L12HK2\".",
			En: "Name the sheet like \"12A1 L10\", \"12A1 L11\", \"12A1 L12HK1\", \"12A1 L12HK2\"."}},
	RuleHidden: {
		fault.Text{Vi: "Trang ẩn có học sinh; trang này không được đọc.", En: "A hidden sheet has pupils; it is not read."},
		fault.Text{Vi: "Bỏ ẩn trang (chuột phải vào tên trang, Unhide) nếu cần gửi; nếu không thì xóa trang.",
			En: "Unhide the sheet (right click on a sheet's name, Unhide) if it is to be sent; otherwise delete it."}},
	RuleOldEncoding: {
		fault.Text{Vi: "Trang này gõ bằng bảng mã cũ (TCVN3, phông .VnTime; hoặc VNI, phông VNI-Times), không phải Unicode.",
			En: "This sheet is typed in an old encoding (TCVN3 with fonts .VnTime, or VNI with fonts VNI-Times), not in Unicode."},
		fault.Text{Vi: "Chuyển cả trang sang Unicode (UniKey: Ctrl+Shift+F6, nguồn TCVN3 hoặc VNI Windows, đích Unicode), kiểm tra lại chữ hoa rồi gửi lại.",
			En: "Convert the whole sheet to Unicode (UniKey: Ctrl+Shift+F6, from TCVN3 or VNI Windows to Unicode), check the capitals and send it again."}},
	RuleNoColumn: {
		fault.Text{Vi: "Dòng tiêu đề thiếu cột.", En: "The header lacks a column."},
		fault.Text{Vi: "Thêm cột với đúng tên đó rồi gửi lại.", En: "Add the column under that name and send again."}},
	RuleTwoColumns: {
		fault.Text{Vi: "Hai cột cùng một tiêu đề; không rõ cột nào đúng.", En: "Two columns have the same header; nobody can tell which is right."},
		fault.Text{Vi: "Xóa hoặc đổi tên một trong hai cột.", En: "Delete or rename one of the two."}},
	RuleOddColumn: {
		fault.Text{Vi: "Không có môn học nào tên như vậy trong danh mục; cột này không được đọc.", En: "The catalogue has no subject of this name; the column is not read."},
		fault.Text{Vi: "Viết tên môn như trong danh mục (Toán, Vật lí, Ngữ văn …).", En: "Write the subject as the catalogue does (Toán, Vật lí, Ngữ văn …)."}},
	RuleNoTerm: {
		fault.Text{Vi: "Không rõ cột này là HK1, HK2 hay cả năm; cột này không được đọc.", En: "Nobody can tell whether this column is HK1, HK2 or the year; it is not read."},
		fault.Text{Vi: "Ghi HK1, HK2 hoặc CN ở dòng tiêu đề thứ hai.", En: "Write HK1, HK2 or CN in the second row of the header."}},
	RuleNoCode: {
		fault.Text{Vi: "Dòng có học sinh nhưng không có mã định danh.", En: "The row has a pupil but no pupil code."},
		fault.Text{Vi: "Ghi mã định danh Bộ GD&ĐT của học sinh.", En: "Write the pupil's code of the ministry."}},
	RuleRowTwice: {
		fault.Text{Vi: "Mã học sinh này có ở nhiều dòng của tệp, không dòng nào được nhận.",
			En: "This pupil code stands in more than one row of the file; none of them is taken."},
		student.RemedyTwice},
	RuleNoResults: {
		fault.Text{Vi: "Dòng không có điểm hay xếp loại nào; không gửi gì cho học sinh này.", En: "The row has no mark and no rating; nothing was sent for this pupil."},
		fault.Text{Vi: "Ghi kết quả, hoặc ghi \"Lý do không có kết quả\".", En: "Write the results, or the reason in \"Lý do không có kết quả\"."}},
	RuleCode: {
		fault.Text{Vi: "Excel đã đổi mã định danh thành số và làm mất chữ số.", En: "Excel has turned the pupil code into a number and lost digits."},
		fault.Text{Vi: "Định dạng cột là Text rồi nhập lại mã.", En: "Format the column as text, then enter the code again."}},
	RuleDate: {
		fault.Text{Vi: "Không đọc được ngày.", En: "The date cannot be read."},
		fault.Text{Vi: "Ghi ngày/tháng/năm, ví dụ 04/03/2005; chỉ biết năm thì ghi năm.", En: "Write day/month/year, as 04/03/2005; only the year if no more is known."}},
	RuleGender: {
		fault.Text{Vi: "Giới tính không phải Nam hoặc Nữ.", En: "The gender is neither Nam nor Nữ."},
		fault.Text{Vi: "Ghi Nam hoặc Nữ theo giấy khai sinh.", En: "Write Nam or Nữ as on the birth certificate."}},
	RuleEthnicity: {
		fault.Text{Vi: "Dân tộc không có trong danh mục.", En: "The ethnic group is not in the catalogue."},
		fault.Text{Vi: "Chọn tên trong trang DAN_TOC.", En: "Choose a name from the sheet DAN_TOC."}},
	RuleNationality: {
		fault.Text{Vi: "Quốc tịch không có trong danh mục.", En: "The nationality is not in the catalogue."},
		fault.Text{Vi: "Chọn tên nước trong trang QUOC_TICH.", En: "Choose a country from the sheet QUOC_TICH."}},
	RuleUnit: {
		fault.Text{Vi: "Đơn vị hành chính không có trong danh mục (hoặc không thuộc đơn vị cấp trên đã ghi).", En: "The catalogue has no such administrative unit, or not under the unit above it."},
		fault.Text{Vi: "Ghi đủ loại và tên theo danh mục, ví dụ \"Tỉnh Hòa Bình\".", En: "Write type and name as in the catalogue, as \"Tỉnh Hòa Bình\"."}},
	RulePrecision: {
		fault.Text{Vi: "Excel đã đổi số định danh thành số thập phân; có thể đã mất chữ số.", En: "Excel has turned the ID number into a decimal number; digits may be lost."},
		fault.Text{Vi: "Định dạng cột là Text rồi nhập lại số.", En: "Format the column as text, then enter the number again."}},
	RuleShortNumber: {
		fault.Text{Vi: "Số định danh thiếu một chữ số; Excel thường bỏ số 0 ở đầu.", En: "The ID number lacks a digit; Excel is known to drop a leading 0."},
		fault.Text{Vi: "Định dạng cột là Text rồi nhập lại số, có số 0 ở đầu.", En: "Format the column as text, then enter the number with its leading 0."}},
	RuleIdentityKind: {
		fault.Text{Vi: "Loại giấy tờ không có trong danh mục.", En: "There is no such kind of document."},
		fault.Text{Vi: "Ghi ĐDCN/CCCD, CMND, Hộ chiếu hoặc Chưa có số.", En: "Write ĐDCN/CCCD, CMND, Hộ chiếu or Chưa có số."}},
	RuleState: {
		fault.Text{Vi: "Trạng thái học sinh không có trong danh mục.", En: "There is no such state of a pupil."},
		fault.Text{Vi: "Ghi Đang học, Chuyển đi, Thôi học, Bảo lưu hoặc Đã mất.", En: "Write Đang học, Chuyển đi, Thôi học, Bảo lưu or Đã mất."}},
	RuleMark: {
		fault.Text{Vi: "Không đọc được điểm.", En: "The mark cannot be read."},
		fault.Text{Vi: "Ghi số từ 0 đến 10, tối đa một chữ số thập phân; hoặc Đ, CĐ, Miễn.", En: "Write a number from 0 to 10 with one decimal at most; or Đ, CĐ, Miễn."}},
	RuleMarkRange: {
		fault.Text{Vi: "Điểm ngoài khoảng từ 0 đến 10.", En: "The mark is not from 0 to 10."},
		fault.Text{Vi: "Sửa điểm theo sổ điểm, ví dụ 8,5 thay cho 85.", En: "Correct it from the gradebook, for example 8.5 in place of 85."}},
	RuleMarkDate: {
		fault.Text{Vi: "Excel đã đổi điểm thành ngày.", En: "Excel has turned the mark into a date."},
		fault.Text{Vi: "Định dạng cột là Number hoặc Text rồi nhập lại điểm, ví dụ 8,5.", En: "Format the column as Number or Text, then enter the mark again, as 8.5."}},
	RuleRating: {
		fault.Text{Vi: "Xếp loại học lực không đúng.", En: "There is no such academic rating."},
		fault.Text{Vi: "Ghi Giỏi, Khá, Trung bình, Yếu hoặc Kém; theo thông tư 22/2021: Tốt, Khá, Đạt hoặc Chưa đạt.", En: "Write Giỏi, Khá, Trung bình, Yếu or Kém; by Circular 22/2021 Tốt, Khá, Đạt or Chưa đạt."}},
	RuleConduct: {
		fault.Text{Vi: "Xếp loại hạnh kiểm không đúng.", En: "There is no such conduct rating."},
		fault.Text{Vi: "Ghi Tốt, Khá, Trung bình, Yếu; học viên không xếp loại thì ghi Không xếp loại.", En: "Write Tốt, Khá, Trung bình or Yếu; Không xếp loại for a learner who is not rated."}},
	RuleProgramme: {
		fault.Text{Vi: "Chương trình không có trong danh mục.", En: "There is no such programme."},
		fault.Text{Vi: "Ghi GDPT 2006, GDPT 2018 hoặc GDTX.", En: "Write GDPT 2006, GDPT 2018 or GDTX."}},
	RuleSubject: {
		fault.Text{Vi: "Môn chuyên hoặc ngoại ngữ không có trong danh mục.", En: "The specialised subject or the language is not in the catalogue."},
		fault.Text{Vi: "Ghi tên môn như trong danh mục; ngoại ngữ ghi N1 (Anh) đến N7 (Hàn).", En: "Write the subject as the catalogue does; a language as N1 (English) to N7 (Korean)."}},
	RuleYesNo: {
		fault.Text{Vi: "Ô này chỉ ghi x hoặc để trống.", En: "This cell takes x or nothing."},
		fault.Text{Vi: "Ghi x nếu có, để trống nếu không.", En: "Write x for yes, leave it empty for no."}},
	RuleFormula: {
		fault.Text{Vi: "Ô này là công thức bị lỗi.", En: "The cell holds a formula that failed."},
		fault.Text{Vi: "Sửa công thức hoặc ghi giá trị.", En: "Mend the formula or write the value."}},
	RuleTooLong: {
		fault.Text{Vi: "Nội dung ô quá dài.", En: "The text of the cell is too long."},
		fault.Text{Vi: "Rút gọn nội dung.", En: "Shorten it."}},
}

// about makes the problem of a rule at a place.
func about(rule, path string, refused bool) Problem {
	w := wordings[rule]
	return Problem{Field: fault.Field{Path: path, Rule: rule, Text: w.text, Remedy: w.remedy}, Refused: refused}
}

// named puts the name of its sheet into what a problem says.
func (p Problem) named(sheet string) Problem {
	p.Text.Vi = "\"" + sheet + "\": " + p.Text.Vi
	p.Text.En = "\"" + sheet + "\": " + p.Text.En
	return p
}

// cellName writes the place of a cell; col counts from 0, row from 1.
func cellName(sheet string, col, row int) string {
	name, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		return sheet
	}
	return sheet + "!" + name
}
