package export

import (
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
)

// StatusText names a status for people.
func StatusText(s reporting.Status) fault.Text { return statuses[s] }

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
