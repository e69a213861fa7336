package reporting

import (
	"fmt"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// School is what an approval looks at of one school in one window.
type School struct {
	Declared  bool // the school says that it is complete
	Directory int  // pupils that the directory declares
	Counts    Counts
	Returned  int64 // of those awaiting approval: given back and not changed since
	Ready     int64 // of those awaiting approval: the others
	// Unsettled are those who need a person, by the reason.
	Unsettled [unsettledKinds]int64
}

// Hindrance is a reason not to approve a school.
type Hindrance struct {
	Rule         string
	Text, Remedy fault.Text
	Always       bool // no exception gets over it
}

// hindering are the statuses of pupils with whom something is open.
var hindering = []struct {
	status       Status
	rule         string
	text, remedy fault.Text
}{
	{Missing, "APPROVE_MISSING", fault.Text{Vi: "%d học sinh còn thiếu phần dữ liệu bắt buộc.", En: "Pupils who lack a required part: %d."},
		fault.Text{Vi: "Trường gửi các phần còn thiếu.", En: "The school sends the parts that are missing."}},
	{Rejected, "APPROVE_REJECTED", fault.Text{Vi: "%d học sinh có lỗi chưa sửa.", En: "Pupils with an error that is not mended: %d."},
		fault.Text{Vi: "Trường sửa lỗi và gửi lại.", En: "The school mends the errors and sends again."}},
	{UnexplainedWarning, "APPROVE_WARNING", fault.Text{Vi: "%d học sinh có cảnh báo chưa giải trình.", En: "Pupils with a warning that nobody has explained: %d."},
		fault.Text{Vi: "Trường sửa, hoặc xác nhận cảnh báo kèm lý do.", En: "The school mends the record or acknowledges the warning with a reason."}},
	{Duplicate, "APPROVE_DUPLICATE", fault.Text{Vi: "%d học sinh bị trùng: hai trường cùng ghi danh, hoặc hai học sinh cùng một số định danh.", En: "Pupils who are claimed twice, by two schools or for one number: %d."},
		fault.Text{Vi: "Sở quyết định học sinh thuộc trường nào, số thuộc về ai.", En: "The province settles at which school the pupil is and whose the number is."}},
	{Mismatched, "APPROVE_MISMATCHED", fault.Text{Vi: "%d học sinh có danh tính không khớp CSDL dân cư.", En: "Pupils with an identity that the registry does not confirm: %d."},
		fault.Text{Vi: "Sửa hồ sơ, hoặc giải quyết danh tính dựa trên giấy tờ.", En: "Mend the profile, or settle the identity on papers."}},
	{status: NeedsPerson}, // see unsettledHindrance
	{Waiting, "APPROVE_WAITING", fault.Text{Vi: "%d học sinh đang được kiểm tra.", En: "Pupils who are still being judged: %d."},
		fault.Text{Vi: "Đợi hệ thống kiểm tra xong rồi duyệt.", En: "Wait until they are judged, then approve."}},
}

// Hindrances tells what speaks against approving a school: it was not declared complete, it does not add up, something is open, or
// there is nobody to approve. None means that it can be approved as it is.
func (s School) Hindrances() []Hindrance {
	var out []Hindrance
	add := func(always bool, rule string, text, remedy fault.Text) {
		out = append(out, Hindrance{rule, text, remedy, always})
	}
	if !s.Counts.Conserved() {
		add(true, "APPROVE_SUM", fault.Text{Vi: "Báo cáo của trường không cộng đủ.", En: "The school's report does not add up."},
			fault.Text{Vi: "Báo ngay cho người vận hành hệ thống.", En: "Tell the operator at once."})
	}
	if s.Counts.Expected == 0 {
		add(true, "APPROVE_EMPTY", fault.Text{Vi: "Trường chưa gửi học sinh nào.", En: "The school has sent nobody."},
			fault.Text{Vi: "Trường gửi danh sách và hồ sơ.", En: "The school sends its roster and profiles."})
		return out
	}
	if !s.Declared {
		add(false, "APPROVE_NOT_DECLARED", fault.Text{Vi: "Trường chưa báo đã hoàn thành.", En: "The school has not declared itself complete."},
			fault.Text{Vi: "Trường báo hoàn thành, hoặc Sở nêu lý do ngoại lệ.", En: "The school declares itself complete, or the province states an exception."})
	}
	if s.Counts.Expected != int64(s.Directory) {
		add(false, "APPROVE_NUMBER", fault.Text{
			Vi: fmt.Sprintf("Trường có %d học sinh, danh mục ghi %d.", s.Counts.Expected, s.Directory),
			En: fmt.Sprintf("The school has %s, the directory says %d.", fault.Number(s.Counts.Expected, "pupil", "pupils"), s.Directory),
		}, fault.Text{Vi: "Đối chiếu với trường rồi nêu lý do ngoại lệ.", En: "Clear it up with the school, then state it as an exception."})
	}
	for _, h := range hindering {
		n := s.Counts.By[h.status]
		switch {
		case n == 0:
		case h.status == NeedsPerson:
			out = append(out, s.unsettledHindrance())
		default:
			add(false, h.rule, fault.Text{Vi: fmt.Sprintf(h.text.Vi, n), En: fmt.Sprintf(h.text.En, n)}, h.remedy)
		}
	}
	if s.Returned > 0 {
		add(false, "APPROVE_RETURNED", fault.Text{
			Vi: fmt.Sprintf("%d học sinh đã trả lại trường mà chưa thay đổi.", s.Returned),
			En: fmt.Sprintf("Pupils who were given back and have not changed since: %d.", s.Returned),
		}, fault.Text{Vi: "Trường sửa và gửi lại, hoặc Sở rút việc trả lại.", En: "The school mends and sends again, or the province takes the return back."})
	}
	if s.Ready == 0 && s.Counts.By[Verified] == 0 {
		add(true, "APPROVE_NOBODY", fault.Text{Vi: "Chưa có học sinh nào sẵn sàng để duyệt.", En: "No pupil is ready to be approved."},
			fault.Text{Vi: "Xử lý các việc còn mở trước.", En: "Clear up what is open first."})
	}
	return out
}
