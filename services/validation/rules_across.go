package validation

import "github.com/rasoat/rasoat/services/student"

var (
	codeTwice = rule("CODE_TWICE", Error, "", practice,
		[2]string{"Mã học sinh này có ở nhiều dòng ({reported}) cho cùng một phần dữ liệu.", "This pupil code stands in several rows ({reported}) for the same part."},
		[2]string{student.RemedyTwice.Vi, student.RemedyTwice.En})
	ruleFailed = rule("RULE_FAILED", Info, "", practice,
		[2]string{"Quy tắc {reported} của đợt không tính được cho bản ghi này.", "The drive's rule {reported} could not be computed for this record."},
		[2]string{"Trường không cần làm gì; người soạn đợt xem lại biểu thức của quy tắc.", "Nothing to do for the school; the author of the drive looks at the rule's expression again."})
	idTwice = profileRule("ID_TWICE", Error, numberLaw,
		[2]string{"Số định danh này cũng được ghi cho học sinh khác ({reported}).", "Another pupil has the same number ({reported})."},
		[2]string{"So từng số với thẻ hoặc thông báo số định danh của mỗi em; mỗi người một số.", "Compare each number with the card or the notice of each pupil; a number belongs to one person."})
	nameLegacy = profileRule("NAME_LEGACY", Warning, practice,
		[2]string{"Cột họ và tên có vẻ còn ở bảng mã cũ ({reported}), tên này cũng vậy.", "The column of names seems to be in an old encoding ({reported}), this name too."},
		[2]string{"Chuyển cả cột họ và tên sang Unicode rồi gửi lại.", "Convert the whole column of names to Unicode and send again."})
	idShifted = profileRule("ID_SHIFTED", Error, practice,
		[2]string{"Cột số định danh bị lệch một dòng: giới tính và năm sinh trong số khớp với học sinh ở dòng {reported}.", "The column of ID numbers is shifted by one row: the gender and year in the number fit the pupil in the row {reported}."},
		[2]string{"Dịch lại cả cột số định danh cho khớp với học sinh rồi gửi lại cả lớp.", "Move the whole column back to its pupils and send the class again."})
	marksShifted = resultsRule("MARKS_SHIFTED", Error, practice,
		[2]string{"Cột điểm {field} bị lệch một dòng: các điểm khớp với học sinh ở dòng {reported}.", "The column of marks {field} is shifted by one row: its marks fit the pupil in the row {reported}."},
		[2]string{"Dịch lại cả cột điểm cho khớp với học sinh rồi gửi lại cả lớp.", "Move the whole column back to its pupils and send the class again."})
	marksCopied = resultsRule("MARKS_COPIED", Warning, practice,
		[2]string{"{field}: cả lớp có điểm hai học kỳ giống hệt nhau.", "{field}: the whole class has the same mark in both semesters."},
		[2]string{"Xem cột điểm có bị chép nhầm từ học kỳ kia; nếu đúng thì xác nhận.", "See whether the column was copied from the other semester; if it is right, acknowledge it."})
	marksConstant = resultsRule("MARKS_CONSTANT", Warning, practice,
		[2]string{"{field}: cả lớp có cùng một điểm {reported}.", "{field}: the whole class has the same mark {reported}."},
		[2]string{"Xem cột điểm có bị kéo chép xuống; nếu đúng thì xác nhận.", "See whether the column was filled down; if it is right, acknowledge it."})
	classProportion = resultsRule("CLASS_PROPORTION", Info, practice,
		[2]string{"{field}: trung bình của lớp là {reported}, của các lớp khác trong trường là {expected}. Đây chỉ là thông tin.", "{field}: the class has a mean of {reported}, the school's other classes {expected}. This is information only."},
		[2]string{"Xem lại cột điểm của lớp; không cần làm gì nếu đúng.", "Look at the class's column again; nothing to do if it is right."})
	historyOrder = resultsRule("HISTORY_ORDER", Error, practice,
		[2]string{"Năm học của lớp 11 ({reported}) không sau năm học của lớp 10 ({expected}).", "The school year of grade 11 ({reported}) is not after that of grade 10 ({expected})."},
		[2]string{"Sửa năm học của kết quả lớp 10 hoặc lớp 11 theo học bạ.", "Correct the school year of grade 10 or grade 11 from the school report."})
	historyGap = resultsRule("HISTORY_GAP", Info, practice,
		[2]string{"Giữa lớp 10 ({expected}) và lớp 11 ({reported}) có năm học bị trống.", "There is a gap between grade 10 ({expected}) and grade 11 ({reported})."},
		[2]string{"Không cần làm gì nếu học sinh lưu ban hoặc nghỉ học; nếu không, sửa năm học.", "Nothing to do if the pupil repeated or left for a time; otherwise correct the school year."})
)

// acrossRules concern more than one record.
var acrossRules = []*Rule{
	codeTwice, ruleFailed, idTwice, nameLegacy, idShifted, marksShifted, marksCopied, marksConstant, classProportion, historyOrder, historyGap,
}
