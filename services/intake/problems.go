package intake

import (
	"bytes"
	"strconv"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// headerProblems tells why the whole batch cannot be taken.
func headerProblems(d *drive.Drive, h Header, records int) []fault.Field {
	var out []fault.Field
	add := func(path, rule string, text, remedy fault.Text) {
		out = append(out, fault.Field{Path: path, Rule: rule, Text: text, Remedy: remedy})
	}
	if h.Drive != d.ID {
		add("drive", "DRIVE_UNKNOWN",
			fault.Text{Vi: "Đợt rà soát này không phải là đợt đang mở.", En: "This is not the drive that is open."},
			fault.Text{Vi: "Dùng mã đợt " + d.ID + ".", En: "Use the drive id " + d.ID + "."})
	}
	school, known := d.School(h.School)
	switch {
	case !known:
		add("school", "SCHOOL_UNKNOWN",
			fault.Text{Vi: "Trường không có trong danh mục của đợt.", En: "The school is not in the directory of the drive."},
			fault.Text{Vi: "Kiểm tra mã trường; nếu trường mới, đề nghị Sở bổ sung danh mục.", En: "Check the school code; for a new school ask the province to add it to the directory."})
	case school.Province != h.Province:
		add("province", "SCHOOL_PROVINCE",
			fault.Text{Vi: "Trường thuộc tỉnh có mã " + school.Province + ".", En: "The school belongs to the province with code " + school.Province + "."},
			fault.Text{Vi: "Dùng mã tỉnh của Tổng cục Thống kê, không dùng mã hội đồng thi.", En: "Use the GSO code of the province, not the number of the exam board."})
	}
	switch {
	case records == 0:
		add("records", "BATCH_EMPTY",
			fault.Text{Vi: "Lô không có bản ghi nào.", En: "The batch holds no record."},
			fault.Text{Vi: "Gửi ít nhất một bản ghi.", En: "Send at least one record."})
	case records > MaxRecords:
		add("records", "BATCH_SIZE",
			fault.Text{Vi: "Lô có " + strconv.Itoa(records) + " bản ghi, tối đa 200.", En: "The batch holds " + strconv.Itoa(records) + " records; at most 200 are allowed."},
			fault.Text{Vi: "Chia thành nhiều lô, mỗi lô một mã riêng.", En: "Split it into several batches, each with its own id."})
	}
	return out
}

// recordProblems tells what is wrong with the structure of one record.
func recordProblems(h Header, index int, c Candidate) []fault.Field {
	path := "records[" + strconv.Itoa(index) + "]"
	var out []fault.Field
	add := func(where, rule string, text, remedy fault.Text) {
		out = append(out, fault.Field{Path: path + where, Rule: rule, Text: text, Remedy: remedy})
	}
	r := c.Record
	if !r.Part.Valid() {
		if len(c.Problems) == 0 {
			add("", "RECORD_EMPTY",
				fault.Text{Vi: "Bản ghi không có nội dung.", En: "The record has no content."},
				fault.Text{Vi: "Gửi đúng một trong: ghi danh, hồ sơ, kết quả.", En: "Send exactly one of enrolment, profile, results."})
		}
		return out
	}
	if r.Part.Kind() != h.Kind {
		add("", "RECORD_KIND",
			fault.Text{Vi: "Bản ghi khác loại với lô.", En: "The record is of another kind than the batch."},
			fault.Text{Vi: "Gửi ghi danh, hồ sơ và kết quả trong các lô riêng.", En: "Send enrolments, profiles and results in batches of their own."})
	}
	if c.School != "" && c.School != h.School {
		add(".school", "OTHER_SCHOOL",
			fault.Text{Vi: "Bản ghi thuộc trường khác với trường gửi lô.", En: "The record names another school than the one that sends the batch."},
			fault.Text{Vi: "Chỉ gửi học sinh của trường mình; học sinh chuyển đến thì gửi ghi danh mới.", En: "Send only pupils of your own school; for a pupil who came to you send a new enrolment."})
	}
	for _, f := range Structure(r) {
		add("."+f.Path, f.Rule, f.Text, f.Remedy)
	}
	return out
}

// Structure tells what is wrong with the form of one record by itself, whoever sends it: such a record is refused at every
// door. Paths are those of the contract's Record.
func Structure(r student.Record) []fault.Field {
	var out []fault.Field
	add := func(field, rule string, text, remedy fault.Text) {
		out = append(out, fault.Field{Path: r.Part.FieldPath(field), Rule: rule, Text: text, Remedy: remedy})
	}
	switch {
	case r.Enrolled != nil:
		if !r.Enrolled.Since.Valid() {
			add("since", "DATE_INVALID", noSuchDate, sinceRemedy)
		}
		if r.Enrolled.State != student.Joined && r.Enrolled.Reason == "" {
			add("reason", "REASON_REQUIRED",
				fault.Text{Vi: "Thiếu lý do của trạng thái ghi danh.", En: "The state of the enrolment needs a reason."},
				fault.Text{Vi: "Ghi lý do (chuyển trường, thôi học, bảo lưu …).", En: "Give the reason (transfer, left, deferred …)."})
		}
	case r.Profile != nil:
		if b := r.Profile.BirthDate; !b.IsZero() && !b.Valid() {
			add("date_of_birth", "DATE_INVALID", noSuchDate, student.RemedyBirthDate)
		}
	case r.Results != nil:
		if text := straddles(r.Results); text != (fault.Text{}) {
			out = append(out, fault.Field{Path: "results", Rule: "PART_STRADDLES", Text: text, Remedy: student.RemedyOtherTerm})
		}
	}
	return out
}

var (
	noSuchDate  = fault.Text{Vi: "Ngày không có trong lịch.", En: "There is no such date in the calendar."}
	sinceRemedy = fault.Text{Vi: "Ghi ngày bắt đầu trạng thái, ví dụ 05/09/2022.", En: "Give the day from which the state holds, such as 05/09/2022."}
)

// straddles says which values belong to another part; "" for none: each value stays in the part of its window.
func straddles(r *student.Results) fault.Text {
	var first, later bool
	for _, s := range r.Subjects {
		first = first || !s.Semester1.Empty()
		later = later || !s.Semester2.Empty() || !s.Year.Empty() || !s.YearBeforeRetake.Empty()
	}
	first = first || !r.Semester1.Empty()
	later = later || !r.Semester2.Empty() || !r.Year.Empty() || !r.BeforeRetake.Empty()
	switch {
	case r.Part == student.Results121 && later:
		return fault.Text{Vi: "Phần học kỳ 1 lớp 12 chỉ chứa giá trị của học kỳ 1.", En: "The part of the first semester of grade 12 holds only values of the first semester."}
	case r.Part == student.Results122 && first:
		return fault.Text{Vi: "Phần học kỳ 2 và cả năm lớp 12 không chứa giá trị của học kỳ 1.", En: "The part of the second semester and year of grade 12 holds no values of the first semester."}
	}
	return fault.Text{}
}

// twiceProblems says that the same part of the same pupil stands in the batch more than once. Of equal records the
// first is taken; of different ones none is, since nobody but the school knows which is right.
func twiceProblems(all []Candidate, same []int, index int) []fault.Field {
	for _, other := range same {
		if other == index {
			continue
		}
		equal := bytes.Equal(all[other].Canonical, all[index].Canonical)
		if equal && other > index {
			continue
		}
		other := strconv.Itoa(other)
		text := fault.Text{
			Vi: "Học sinh này có cùng phần dữ liệu ở bản ghi " + other + " của lô, giống hệt bản ghi này.",
			En: "The same part of the same pupil stands at record " + other + " of the batch and is identical to this one.",
		}
		if !equal {
			text = fault.Text{
				Vi: "Học sinh này có cùng phần dữ liệu ở bản ghi " + other + " của lô với nội dung khác, nên không nhận bản nào.",
				En: "The same part of the same pupil stands at record " + other + " of the batch with other content, so neither was taken.",
			}
		}
		return []fault.Field{{
			Path: "records[" + strconv.Itoa(index) + "]", Rule: "RECORD_TWICE", Text: text, Remedy: student.RemedyTwice,
		}}
	}
	return nil
}
