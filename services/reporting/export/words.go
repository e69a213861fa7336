package export

import (
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
)

// Standing is where a pupil stands in a window. Of a pupil whom the province returned the status is AwaitingApproval, but
// it is the school that has to act: people read "returned".
type Standing struct {
	Status   reporting.Status
	Returned bool
}

// Text names a standing for people.
func (s Standing) Text() fault.Text {
	if s.Returned {
		return returned
	}
	return statuses[s.Status]
}

var (
	returned = fault.Text{Vi: "Tỉnh trả lại", En: "Returned by the province"}
	// ofReturned heads a count that is a part of another, beside columns that add up.
	ofReturned = fault.Text{Vi: "Trong chờ duyệt: tỉnh trả lại", En: "Of awaiting approval: returned"}
)

// InDirectory heads how many pupils the directory of the drive has of a school, wherever that is shown. A school declares
// itself complete, which is another thing.
var InDirectory = fault.Text{Vi: "HS theo danh mục", En: "In the directory"}

var statuses = map[reporting.Status]fault.Text{
	reporting.NotExpected:        {Vi: "Ngoài danh sách", En: "Unexpected"},
	reporting.Missing:            {Vi: "Thiếu dữ liệu", En: "Missing"},
	reporting.Rejected:           {Vi: "Có lỗi", En: "Rejected"},
	reporting.UnexplainedWarning: {Vi: "Cảnh báo chưa giải trình", En: "Unexplained warning"},
	reporting.Duplicate:          {Vi: "Trùng", En: "Duplicate"},
	reporting.Mismatched:         {Vi: "Sai so với CSDL dân cư", En: "Mismatched"},
	reporting.NeedsPerson:        {Vi: "Cần người xử lý", En: "Needs a person"},
	reporting.Waiting:            {Vi: "Đang chờ đối chiếu", En: "Waiting"},
	reporting.AwaitingApproval:   {Vi: "Chờ duyệt", En: "Awaiting approval"},
	reporting.Verified:           {Vi: "Đã xác thực", En: "Verified"},
}
