package workbook

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

// aliases are the ways to write subjects that workbooks of schools have, by the code under the programme of 2006 and of 2018.
const aliases = `TOAN,TOAN,Toán;Toán học;TOÁN;Maths;Mathematics;Math
VATLI,VATLI,Vật lí;Vật lý;Lý;Lí;Vat ly;Physics
HOAHOC,HOAHOC,Hóa học;Hoá học;Hóa;Hoá;Chemistry
SINHHOC,SINHHOC,Sinh học;Sinh;Sinh vật;Biology
TINHOC,TINHOC,Tin học;Tin;Informatics;IT
NGUVAN,NGUVAN,Ngữ văn;Ngữ Văn;Văn;Văn học;Literature
LICHSU,LICHSU,Lịch sử;Lịch Sử;Sử;History
DIALI,DIALI,Địa lí;Địa lý;Địa;Địa Lí;Ðịa lí;Geography
NGOAINGU,NGOAINGU,Ngoại ngữ (Ngoại ngữ 1);Ngoại ngữ 1;Tiếng Anh;Anh;NN;NN1;Ngoại ngữ;Anh văn;English;Foreign language
GDCD,,Giáo dục công dân;GDCD;Công dân;Civic education;Civics
CONGNGHE,CONGNGHE,Công nghệ;CN;Công Nghệ;Technology
GDQPAN,GDQPAN,Giáo dục quốc phòng và an ninh;GDQP-AN;GDQP;QPAN;Quốc phòng;National defence;National defence education
THEDUC,GDTC,Thể dục;Thể Dục;GDTC;Physical education;PE
NGOAINGU2,NGOAINGU2,Ngoại ngữ 2;NN2;Ngoại ngữ hai
NGHEPT,,Nghề phổ thông;Nghề;NPT
TUCHON,,Tự chọn (chủ đề);Tự chọn;TC
,GDKTPL,Giáo dục kinh tế và pháp luật;GDKT&PL;GDKTPL;KTPL
,AMNHAC,Âm nhạc;Âm Nhạc;AN
,MITHUAT,Mĩ thuật;Mỹ thuật;MT
,HDTNHN,"Hoạt động trải nghiệm, hướng nghiệp;HĐTN;HĐTN-HN;HĐTNHN"
,GDDP,Nội dung giáo dục của địa phương;GDĐP;GDDP;Giáo dục địa phương
,TDTTS,Tiếng dân tộc thiểu số;Tiếng DTTS;TDTTS
`

func TestSubjectAliases(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(aliases)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	h := newHeaders(drive.Default().Catalogue)
	for _, row := range rows {
		for text := range strings.SplitSeq(row[2], ";") {
			for i, p := range []student.Programme{student.Upper2006, student.Upper2018} {
				if want := row[i]; want != "" {
					if got, ok := h.subject(text, p); !ok || got != want {
						t.Errorf("%s under %s is %q, want %s", text, p, got, want)
					}
				}
			}
		}
	}
}

func TestHeaderVariants(t *testing.T) {
	h := newHeaders(drive.Default().Catalogue)
	for want, texts := range map[field]string{
		fCode:        "Pupil code;Student ID;Mã Ðịnh danh;MÃ HỌC\nSINH",
		fName:        "Full name;Họ & tên;HỌ VÀ TÊN *",
		fBirthDate:   "DOB;Date of Birth (dd/mm/yyyy);Ngày sinh (*)",
		fGender:      "Gender;Sex;Giới\u00a0tính",
		fEthnicity:   "Ethnicity;Dân tộc",
		fNationality: "Nationality",
		fProvince:    "Province;Province/City;Tỉnh/TP",
		fDistrict:    "District",
		fCommune:     "Commune;Ward",
		fNumber:      "ID number;Số ÐDCN",
		fClass:       "Class;Lớp",
		fSchoolYear:  "School year;NĂM HỌC",
	} {
		for text := range strings.SplitSeq(texts, ";") {
			if got := h.simple(text); got != want {
				t.Errorf("%q is field %d, want %d", text, got, want)
			}
		}
	}
	for want, texts := range map[term]string{
		semester1: "Semester 1;First semester;HKI;Học kì I", semester2: "Semester 2;2nd semester;HK II", wholeYear: "Year;Full year;Cả năm;CN",
	} {
		for text := range strings.SplitSeq(texts, ";") {
			if got := h.term(text); got != want {
				t.Errorf("%q is term %d, want %d", text, got, want)
			}
		}
	}
}

// Marks as programs write them.
func TestMarkVariants(t *testing.T) {
	for text, want := range map[string]string{
		"8,0": "8.0", "8.0": "8.0", "8": "8.0", "8.3000000000000007": "8.3", "8.2999999999999989": "8.3", "8.0\u00a0": "8.0", "\u00a08,5 ": "8.5", "8.50": "8.5",
		"10,00": "10.0", "10": "10.0", "0": "0.0", "0,0": "0.0", "8.25": "", "8.05": "", "8.": "", "08": "", "8..5": "", "8;5": "", "1e1": "",
	} {
		score, err := parseScore(cleanCell(text))
		if want == "" {
			if err == nil || errors.Is(err, student.ErrMarkRange) {
				t.Errorf("%q is read as %+v", text, score)
			}
			continue
		}
		if err != nil || score.Mark == nil || score.Mark.String() != want {
			t.Errorf("%q: got %+v, %v, want %s", text, score, err, want)
		}
	}
	for text, want := range map[string]student.Score{
		"Đ": {Comment: student.Passed}, "Ð": {Comment: student.Passed}, "đ": {Comment: student.Passed}, "Đạt": {Comment: student.Passed},
		"CĐ": {Comment: student.NotPassed}, "CÐ ": {Comment: student.NotPassed}, "Chưa đạt": {Comment: student.NotPassed},
		"Miễn": {Exempt: true}, "MIỄN": {Exempt: true}, "m": {Exempt: true}, "-": {}, "": {},
	} {
		if got, err := parseScore(cleanCell(text)); err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
}
