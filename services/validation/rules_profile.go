package validation

import "github.com/rasoat/rasoat/services/student"

// Sources that several rules rest on.
const (
	dispatch    = "Công văn 1246/BGDĐT-CNTT, mục I.1"
	dispatchII  = "Công văn 1246/BGDĐT-CNTT, mục I.2"
	numberLaw   = "Nghị định 137/2015/NĐ-CP, điều 13; Thông tư 59/2021/TT-BCA"
	practice    = "Thực tiễn / practice"
	catalogueBy = "Danh mục của đợt rà soát / the drive's catalogue"
)

func profileRule(code string, severity Severity, source string, text, remedy [2]string) *Rule {
	return rule(code, severity, student.KindProfile, source, text, remedy)
}

func rule(code string, severity Severity, part student.Kind, source string, what, remedy [2]string) *Rule {
	return &Rule{
		Code: code, Version: 1, Severity: severity, Part: part, Source: source,
		Text: text(what[0], what[1]), Remedy: text(remedy[0], remedy[1]),
	}
}

var (
	profileRequired = profileRule("PROFILE_REQUIRED", Error, dispatch,
		[2]string{"Thiếu {field}.", "There is no {field}."},
		[2]string{"Bổ sung {field} theo giấy khai sinh hoặc giấy tờ tùy thân.", "Add the {field} from the birth certificate or the identity card."})
	nameChars = profileRule("NAME_CHARS", Error, practice,
		[2]string{"Họ và tên có ký tự không thể có trong tên người ({reported}).", "The name has characters that no name has ({reported})."},
		[2]string{"Gõ lại họ và tên đúng như giấy khai sinh, chỉ gồm chữ cái.", "Type the name again as on the birth certificate, in letters only."})
	nameLookalike = profileRule("NAME_LOOKALIKE", Warning, practice,
		[2]string{"Họ và tên có chữ của bảng chữ khác trông giống chữ Việt (thường là Ð thay cho Đ).", "The name has letters of another alphabet that look Vietnamese (often Ð for Đ)."},
		[2]string{"Gõ lại họ và tên bằng bộ gõ tiếng Việt, bảng mã Unicode.", "Type the name again with a Vietnamese keyboard in Unicode."}).fixing(FixLatin)
	nameLetters = profileRule("NAME_LETTERS", Warning, practice,
		[2]string{"Họ và tên có chữ hoặc tổ hợp chữ mà tiếng Việt không viết.", "The name has letters, or letters in an order, that Vietnamese does not write."},
		[2]string{"Gõ lại họ và tên theo giấy khai sinh bằng Unicode; nếu giấy khai sinh ghi như vậy thì xác nhận.", "Type the name again from the birth certificate, in Unicode; if the certificate says so, acknowledge it."})
	nameForm = profileRule("NAME_FORM", Info, practice,
		[2]string{"Họ và tên có khoảng trắng thừa, ký tự ẩn hoặc dấu tổ hợp rời.", "The name has spaces too many, hidden characters or accents apart from their letters."},
		[2]string{"Không cần làm gì: hệ thống dùng dạng chuẩn; nên sửa ở nguồn.", "Nothing to do: the normal form is used; better correct it at the source."}).fixing(FixClean)
	nameCase = profileRule("NAME_CASE", Info, practice,
		[2]string{"Họ và tên viết hoa hoặc viết thường toàn bộ, hoặc có chữ đầu không viết hoa.", "The name is all in capitals or small letters, or a word of it begins with a small letter."},
		[2]string{"Không cần làm gì: chữ hoa không làm khác tên; nên viết hoa chữ đầu mỗi tiếng.", "Nothing to do: capitals make no other name; better begin each word with a capital."}).fixing(FixTitleCase)
	nameOneWord = profileRule("NAME_ONE_WORD", Warning, practice,
		[2]string{"Họ và tên chỉ có một tiếng.", "The name is a single word."},
		[2]string{"Ghi đủ họ, chữ đệm và tên khai sinh; nếu giấy khai sinh chỉ ghi một tiếng thì xác nhận.", "Write the family, middle and given names; if the birth certificate has one word only, acknowledge it."})
	nameShort = profileRule("NAME_SHORT", Warning, practice,
		[2]string{"Họ và tên có thể chưa đủ: tên chỉ là một phụ âm.", "The name may be incomplete: it ends in a single consonant."},
		[2]string{"Ghi đầy đủ họ, chữ đệm và tên khai sinh.", "Write the family, middle and given names in full."})
	birthInvalid = profileRule("BIRTH_DATE_INVALID", Error, dispatch,
		[2]string{"Ngày sinh không có trong lịch.", "The birth date is not in the calendar."},
		[2]string{student.RemedyBirthDate.Vi, student.RemedyBirthDate.En}).fixing(FixSwap)
	birthImplausible = profileRule("BIRTH_DATE_IMPLAUSIBLE", Error, practice,
		[2]string{"Năm sinh không thể là của người đang học lớp 12 (phải trong khoảng {expected}).", "Nobody born in that year is in grade 12 (expected {expected})."},
		[2]string{"Sửa năm sinh theo giấy khai sinh.", "Correct the year of birth from the birth certificate."})
	birthUnusual = profileRule("BIRTH_DATE_UNUSUAL", Info, practice,
		[2]string{"Năm sinh ít gặp ở lớp 12 (thường trong khoảng {expected}).", "The year of birth is unusual in grade 12 (mostly {expected})."},
		[2]string{"Xem lại năm sinh; không cần làm gì nếu đúng.", "Look at the year of birth again; nothing to do if it is right."})
	birthYearOnly = profileRule("BIRTH_YEAR_ONLY", Info, practice,
		[2]string{"Ngày sinh chỉ có năm.", "Of the birth date only the year is given."},
		[2]string{"Ghi đủ ngày, tháng nếu giấy khai sinh có; không cần làm gì nếu giấy khai sinh chỉ ghi năm.", "Write day and month if the birth certificate has them; nothing to do if it has the year only."})
	// A code of the list of 2008 cannot be told from one of 1979: the two lists share their numbers. The registry's list is of
	// 2008, so that a wrong list shows in matching, where both codes of a group are compared.
	ethnicityUnknown = profileRule("ETHNICITY_UNKNOWN", Error, "QĐ 121-TCTK/PPCĐ 1979",
		[2]string{"Mã dân tộc {reported} không có trong danh mục.", "The code {reported} of the ethnic group is not in the catalogue."},
		[2]string{"Chọn tên dân tộc trong danh mục (Kinh, Tày, …); phần mềm thì gửi mã hai chữ số của tên đó (Kinh là 01).", "Choose the name of the ethnic group from the catalogue (Kinh, Tày, …); a portal sends its code of two digits (Kinh is 01)."}).fixing(FixCatalogue)
	nationalityUnknown = profileRule("NATIONALITY_UNKNOWN", Error, catalogueBy,
		[2]string{"Mã quốc tịch {reported} không có trong danh mục.", "The code {reported} of the nationality is not in the catalogue."},
		[2]string{"Chọn tên nước trong danh mục (Việt Nam, …); phần mềm thì gửi mã hai chữ cái của nước đó (VN).", "Choose the name of the country from the catalogue (Việt Nam, …); a portal sends its code of two letters (VN)."}).fixing(FixCatalogue)

	idShape = profileRule("ID_SHAPE", Error, numberLaw,
		[2]string{"Số định danh phải gồm {expected}, nhưng số đã ghi có {reported}.", "The number must have {expected}; the one given has {reported}."},
		[2]string{"Ghi lại số theo thẻ hoặc thông báo số định danh, không có dấu cách; chọn đúng loại giấy tờ.", "Write the number again from the card or the notice, without spaces; choose the right kind of document."}).fixing(FixDigits)
	idLeadingZero = profileRule("ID_LEADING_ZERO", Error, practice,
		[2]string{"Số định danh mất chữ số 0 ở đầu (còn {reported}).", "The number has lost its leading 0 ({reported} are left)."},
		[2]string{"Thêm 0 vào đầu số; định dạng cột là văn bản trước khi nhập.", "Put 0 before the number; make the column text before typing."}).fixing(FixLeadingZero)
	idPrecision = profileRule("ID_PRECISION_LOST", Error, practice,
		[2]string{"Số định danh đã bị bảng tính đổi thành số thực, có thể mất chữ số.", "A workbook has turned the number into a floating-point value; digits may be lost."},
		[2]string{"Lấy lại số từ nguồn, định dạng cột là văn bản, rồi gửi lại.", "Take the number from its source again, in a text column, and send again."})
	idProvince = profileRule("ID_PROVINCE", Error, numberLaw,
		[2]string{"Ba chữ số đầu của số định danh không phải mã của tỉnh nào.", "The first three digits of the number are no province's code."},
		[2]string{"Kiểm tra từng chữ số với thẻ hoặc thông báo số định danh.", "Compare each digit with the card or the notice."})
	idGender = profileRule("ID_GENDER", Error, numberLaw,
		[2]string{"Giới tính là {reported}, nhưng chữ số thứ tư của số định danh là của {expected}.", "The gender is {reported}, but the fourth digit of the number is of {expected}."},
		[2]string{"Sửa giới tính hoặc số; nếu cả hai đúng theo giấy tờ, xác nhận kèm căn cứ của công an.", "Correct the gender or the number; if both are as documented, acknowledge with the police's confirmation."})
	idBirthYear = profileRule("ID_BIRTH_YEAR", Error, numberLaw,
		[2]string{"Năm sinh không khớp với chữ số 4–6 của số định danh.", "The year of birth does not agree with digits 4–6 of the number."},
		[2]string{"Sửa ngày sinh hoặc số; nếu cả hai đúng theo giấy tờ, xác nhận kèm căn cứ của công an.", "Correct the birth date or the number; if both are as documented, acknowledge with the police's confirmation."})
	idCMND = profileRule("ID_CMND", Warning, dispatch,
		[2]string{"Số chứng minh nhân dân 9 chữ số khó đối chiếu với dữ liệu dân cư.", "A 9-digit identity card number is hard to reconcile with the population database."},
		[2]string{"Hỏi công an số định danh cá nhân 12 chữ số; nếu chưa có, xác nhận lý do.", "Ask the police for the 12-digit number; if there is none yet, acknowledge with the reason."})
	idPassport = profileRule("ID_PASSPORT", Error, dispatch,
		[2]string{"Số hộ chiếu phải gồm {expected}, nhưng số đã ghi có {reported}.", "A passport number has {expected}; the one given has {reported}."},
		[2]string{"Ghi lại số theo hộ chiếu, không có dấu cách.", "Write the number again from the passport, without spaces."})
	idNationality = profileRule("ID_NATIONALITY", Error, dispatch,
		[2]string{"Loại giấy tờ ({reported}) không hợp với quốc tịch: hộ chiếu chỉ dành cho học sinh không có quốc tịch Việt Nam, số định danh chỉ dành cho công dân Việt Nam.", "The kind of document ({reported}) does not fit the nationality: a passport is for pupils without Vietnamese nationality, a personal number for Vietnamese citizens."},
		[2]string{"Sửa quốc tịch hoặc loại giấy tờ; công dân Việt Nam chưa có số thì ghi chưa có số và nêu lý do.", "Correct the nationality or the kind of document; for a citizen without a number say so and give the reason."})
	idElsewhere = profileRule("ID_ELSEWHERE", Info, numberLaw,
		[2]string{"Ba chữ số đầu của số định danh là của tỉnh khác với nơi thường trú. Đây chỉ là thông tin.", "The first three digits of the number are of another province than the residence. This is information only."},
		[2]string{"Không cần làm gì: ba chữ số đầu là nơi đăng ký khai sinh.", "Nothing to do: the digits tell where the birth was registered."})
	idAbroad = profileRule("ID_ABROAD", Info, numberLaw,
		[2]string{"Ba chữ số đầu của số định danh là của nơi sinh ở nước ngoài.", "The first three digits of the number are of a birth abroad."},
		[2]string{"Không cần làm gì nếu học sinh sinh ở nước ngoài; nếu không, xem lại số.", "Nothing to do if the pupil was born abroad; otherwise look at the number again."})
	idNoneReason = profileRule("ID_NONE_REASON", Error, practice,
		[2]string{"Ghi là chưa có số định danh thì phải nêu lý do và để trống ô số.", "Where there is no number, a reason must stand and the number must be empty."},
		[2]string{"Nêu lý do; hoặc hỏi công an số định danh rồi ghi vào.", "Give the reason; or ask the police for the number and write it."})
)

var profileRules = []*Rule{
	profileRequired, nameChars, nameLookalike, nameLetters, nameForm, nameCase, nameOneWord, nameShort,
	birthInvalid, birthImplausible, birthUnusual, birthYearOnly, ethnicityUnknown, nationalityUnknown,
	idShape, idLeadingZero, idPrecision, idProvince, idGender, idBirthYear, idCMND, idPassport, idNationality, idNoneReason,
	idElsewhere, idAbroad,
}
