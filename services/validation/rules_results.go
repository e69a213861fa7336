package validation

import "github.com/rasoat/rasoat/services/student"

const circular = "Thông tư 58/2011/TT-BGDĐT, sửa đổi bởi 26/2020/TT-BGDĐT, "

func resultsRule(code string, severity Severity, source string, text, remedy [2]string) *Rule {
	return rule(code, severity, student.KindResults, source, text, remedy)
}

var (
	resultsRequired = resultsRule("RESULTS_REQUIRED", Error, dispatchII,
		[2]string{"Thiếu {field}.", "The value is missing: {field}."},
		[2]string{"Bổ sung theo sổ điểm hoặc học bạ; nếu được miễn thì ghi miễn.", "Add it from the gradebook or the school report; if the pupil is exempt, say so."})
	resultsReason = resultsRule("RESULTS_REASON", Error, practice,
		[2]string{"Không có kết quả của phần này thì phải nêu lý do bằng lời.", "Where a part has no results, the reason must be given in words."},
		[2]string{"Nêu lý do, ví dụ: học ở nước ngoài; hoặc gửi kết quả.", "Give the reason, for example a year abroad; or send the results."})
	schoolYearPart = resultsRule("SCHOOL_YEAR_PART", Error, dispatchII,
		[2]string{"Năm học {reported} không hợp với khối lớp của phần này (chờ {expected}).", "The school year {reported} does not fit the grade of this part (expected {expected})."},
		[2]string{"Sửa năm học; kết quả lớp 12 là của năm học của đợt rà soát.", "Correct the school year; the results of grade 12 are of the drive's school year."})
	schoolYearEarly = resultsRule("SCHOOL_YEAR_EARLY", Warning, practice,
		[2]string{"Năm học {reported} muộn hơn lẽ thường của khối lớp này ({expected} hoặc trước đó).", "The school year {reported} is later than this grade's usual one ({expected} or before)."},
		[2]string{"Sửa năm học; nếu học sinh học vượt lớp thì xác nhận.", "Correct the school year; if the pupil skipped a grade, acknowledge it."})
	regulationUnknown = resultsRule("REGULATION_UNKNOWN", Warning, practice,
		[2]string{"Không có quy chế nào của đợt rà soát cho chương trình và năm học này ({reported}), nên không kiểm tra được cách tính.", "The drive names no regulation for this programme and school year ({reported}), so nothing computed could be checked."},
		[2]string{"Sửa chương trình hoặc năm học; nếu đúng thì xác nhận đã tự kiểm tra.", "Correct the programme or the school year; if they are right, acknowledge that the school has checked."})
	subjectUnknown = resultsRule("SUBJECT_UNKNOWN", Error, catalogueBy,
		[2]string{"Mã môn học {reported} không có trong danh mục.", "The subject code {reported} is not in the catalogue."},
		[2]string{"Chọn môn học theo danh mục của đợt rà soát.", "Choose the subject from the drive's catalogue."})
	subjectProgramme = resultsRule("SUBJECT_PROGRAMME", Info, catalogueBy,
		[2]string{"Môn {reported} không có trong chương trình {expected}.", "The subject {reported} is not of the programme {expected}."},
		[2]string{"Xem lại chương trình và môn; không cần làm gì nếu trường có dạy môn này.", "Look at the programme and the subject again; nothing to do if the school teaches it."})
	subjectChoice = resultsRule("SUBJECT_CHOICE", Warning, "Thông tư 32/2018/TT-BGDĐT, sửa đổi bởi 13/2022/TT-BGDĐT",
		[2]string{"Có {reported} môn lựa chọn; chương trình 2018 có {expected} môn.", "There are {reported} subjects of choice; the programme of 2018 has {expected}."},
		[2]string{"Bổ sung hoặc bỏ môn lựa chọn theo học bạ; nếu đúng thì xác nhận.", "Add or drop subjects of choice from the school report; if they are right, acknowledge it."})
	languageUnnamed = resultsRule("LANGUAGE_UNNAMED", Info, practice,
		[2]string{"Có điểm Ngoại ngữ nhưng không ghi là tiếng gì.", "There are marks of the foreign language, but which one is not said."},
		[2]string{"Ghi thứ tiếng: tiếng Anh (N1) … tiếng Hàn (N7).", "Name the language: English (N1) … Korean (N7)."})
	schoolUnnamed = resultsRule("SCHOOL_UNNAMED", Info, practice,
		[2]string{"Không ghi tên hoặc mã trường nơi học năm này.", "The school where this year was studied is not named."},
		[2]string{"Ghi mã hoặc tên trường; cần cho học sinh chuyển trường.", "Name the school by its code or its name; it is needed of a pupil who changed schools."})
	subjectTwice = resultsRule("SUBJECT_TWICE", Error, practice,
		[2]string{"Môn {reported} có hai dòng điểm.", "The subject {reported} has two lines."},
		[2]string{"Giữ lại một dòng cho mỗi môn.", "Keep one line for each subject."})
	scoreKind = resultsRule("SCORE_KIND", Error, circular+"điều 6",
		[2]string{"{field}: đã ghi {reported}, nhưng môn này đánh giá bằng {expected}.", "{field}: there is {reported}, but the subject is assessed by {expected}."},
		[2]string{"Ghi điểm cho môn cho điểm; ghi Đ hoặc CĐ cho môn nhận xét.", "Write a mark for a scored subject, Đ or CĐ for a commented one."})
	markRange = resultsRule("MARK_RANGE", Error, circular+"điều 6",
		[2]string{"{field}: điểm {reported} nằm ngoài thang 0–10.", "{field}: the mark {reported} is not from 0 to 10."},
		[2]string{"Sửa điểm theo sổ điểm; xem dấu phẩy thập phân có bị mất.", "Correct the mark from the gradebook; see whether the decimal sign was lost."}).fixing(FixValue)
	termMissing = resultsRule("TERM_MISSING", Error, circular+"điều 10",
		[2]string{"Có kết quả cả năm nhưng thiếu {field}.", "There is a result for the year, but this value is missing: {field}."},
		[2]string{"Bổ sung kết quả học kỳ; nếu được miễn học kỳ đó thì ghi miễn.", "Add the semester's result; if the pupil was exempt for it, say so."})
	conductRequired = resultsRule("CONDUCT_REQUIRED", Error, dispatchII+"; "+circular+"điều 4",
		[2]string{"Thiếu {field}.", "There is no {field}."},
		[2]string{"Ghi xếp loại hạnh kiểm; nếu không xếp loại thì nêu lý do.", "Write the conduct rating; if there is none, give the reason."})
	conductKind = resultsRule("CONDUCT_KIND", Warning, circular+"điều 3, 4; Quyết định 02/2007/QĐ-BGDĐT",
		[2]string{"{field}: ghi là không xếp loại hạnh kiểm, nhưng học sinh học chương trình phổ thông.", "{field}: it is said that there is no conduct rating, but the pupil is not of continuing education."},
		[2]string{"Ghi xếp loại hạnh kiểm; chỉ học viên vừa làm vừa học hoặc tự học không được xếp loại.", "Write the conduct rating; only learners beside work or by themselves have none."})
	ratingScale = resultsRule("RATING_SCALE", Error, circular+"điều 4, 5; Thông tư 22/2021/TT-BGDĐT, điều 8, 9",
		[2]string{"{field}: mức {reported} không phải của quy chế áp dụng cho năm học này.", "{field}: {reported} is no level of the regulation that applies to this year."},
		[2]string{"Ghi mức theo quy chế: Giỏi, Khá, Trung bình, Yếu, Kém (58/2011) hoặc Tốt, Khá, Đạt, Chưa đạt (22/2021).", "Write a level of the regulation: Giỏi, Khá, Trung bình, Yếu, Kém (58/2011) or Tốt, Khá, Đạt, Chưa đạt (22/2021)."})
	averageUnknown = resultsRule("AVERAGE_UNKNOWN", Info, "Thông tư 22/2021/TT-BGDĐT, điều 9",
		[2]string{"{field}: thông tư 22/2021 không có điểm trung bình các môn.", "{field}: Circular 22/2021 knows no overall average."},
		[2]string{"Để trống ô này; giá trị không được xét.", "Leave it empty; the value is not looked at."})
	partValues = resultsRule("PART_VALUES", Info, practice,
		[2]string{"Phần này có giá trị của học kỳ khác; các giá trị đó không được xét.", "This part holds values of another term; they are not looked at."},
		[2]string{student.RemedyOtherTerm.Vi, student.RemedyOtherTerm.En})
)

var resultsRules = []*Rule{
	resultsRequired, resultsReason, schoolYearPart, schoolYearEarly, schoolUnnamed, regulationUnknown, subjectUnknown,
	subjectTwice, subjectProgramme, subjectChoice, languageUnnamed, scoreKind, markRange, termMissing, conductRequired,
	conductKind, ratingScale, averageUnknown, partValues,
}

var (
	yearMark = resultsRule("YEAR_MARK", Error, circular+"điều 10 khoản 1, điều 12 khoản 3",
		[2]string{"{field}: đã ghi {reported}, tính từ hai học kỳ là {expected}.", "{field}: {reported} was given; the semesters give {expected}."},
		[2]string{"Sửa điểm theo sổ điểm; nếu đã thi lại thì ghi cả điểm trước khi thi lại.", "Correct the mark from the gradebook; after a retake give the mark before it as well."}).fixing(FixValue)
	yearMarkRounding = resultsRule("YEAR_MARK_ROUNDING", Warning, circular+"điều 10 khoản 1",
		[2]string{"{field}: đã ghi {reported}, tính từ điểm hai học kỳ đã làm tròn là {expected}.", "{field}: {reported} was given; the rounded marks of the semesters give {expected}."},
		[2]string{"Xem lại cách làm tròn; nếu học bạ đã ghi như vậy thì xác nhận.", "Look at the rounding again; if the school report says so, acknowledge it."}).fixing(FixValue)
	yearComment = resultsRule("YEAR_COMMENT", Warning, circular+"điều 10 khoản 2",
		[2]string{"{field}: đã ghi {reported}, theo học kỳ 2 là {expected}.", "{field}: {reported} was given; by the second semester it is {expected}."},
		[2]string{"Sửa nhận xét theo sổ điểm; nếu đã kiểm tra lại thì ghi cả kết quả trước đó.", "Correct the comment from the gradebook; after a retake give the result before it as well."}).fixing(FixValue)
	averageOff = resultsRule("AVERAGE", Error, circular+"điều 11",
		[2]string{"{field}: đã ghi {reported}, tính từ các môn là {expected}.", "{field}: {reported} was given; the subjects give {expected}."},
		[2]string{"Sửa điểm trung bình hoặc điểm môn theo sổ điểm.", "Correct the average or the subjects' marks from the gradebook."}).fixing(FixValue)
	averageRounding = resultsRule("AVERAGE_ROUNDING", Warning, circular+"điều 11",
		[2]string{"{field}: đã ghi {reported}, tính từ điểm các môn đã làm tròn là {expected}.", "{field}: {reported} was given; the rounded marks of the subjects give {expected}."},
		[2]string{"Xem lại cách làm tròn; nếu học bạ đã ghi như vậy thì xác nhận.", "Look at the rounding again; if the school report says so, acknowledge it."}).fixing(FixValue)
	ratingOff = resultsRule("RATING", Warning, circular+"điều 13",
		[2]string{"{field}: đã ghi {reported}, theo điều 13 là {expected}.", "{field}: {reported} was given; art. 13 gives {expected}."},
		[2]string{"Sửa xếp loại; nếu trường đã áp dụng khoản 6 hoặc xét lại sau thi lại theo cách khác thì xác nhận kèm lý do.", "Correct the rating; if the school applied paragraph 6 or rated again after a retake otherwise, acknowledge with the reason."}).fixing(FixValue)
	levelOff = resultsRule("LEVEL", Warning, "Thông tư 22/2021/TT-BGDĐT, điều 9; Thông tư 43/2021/TT-BGDĐT, điều 9",
		[2]string{"{field}: đã ghi {reported}, theo điều 9 là {expected}.", "{field}: {reported} was given; art. 9 gives {expected}."},
		[2]string{"Sửa mức theo sổ điểm; nếu đã kiểm tra, đánh giá lại thì xác nhận kèm lý do.", "Correct the level from the gradebook; if the pupil was assessed again, acknowledge with the reason."}).fixing(FixValue)
	ratingUnlisted = resultsRule("RATING_UNLISTED", Warning, circular+"điều 13 khoản 6",
		[2]string{"{field}: đã ghi {reported}. Điểm trung bình đạt mức Giỏi nhưng một môn làm xuống Kém: khoản 6 không nêu trường hợp này; áp dụng điểm d thì được {expected}.", "{field}: {reported} was given. The average reaches Giỏi and one subject brings it down to Kém: paragraph 6 does not name this case; its letter d gives {expected}."},
		[2]string{"Hội đồng nhà trường xem xét và xác nhận xếp loại.", "The school's council considers the rating and acknowledges it."}).fixing(FixValue)
)

var formulaRules = []*Rule{yearMark, yearMarkRounding, yearComment, averageOff, averageRounding, ratingOff, ratingUnlisted, levelOff}
