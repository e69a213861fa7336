package validation

const units = "Danh mục đơn vị hành chính của Tổng cục Thống kê / the General Statistics Office's list of units"

var (
	residenceRequired = profileRule("RESIDENCE_REQUIRED", Error, dispatch,
		[2]string{"Thiếu {field} của nơi thường trú.", "The permanent residence has no {field}."},
		[2]string{"Ghi đủ tỉnh, huyện, xã của nơi thường trú.", "Write the province, district and commune of permanent residence."})
	residenceUnknown = profileRule("RESIDENCE_UNKNOWN", Error, units,
		[2]string{"Mã {field} {reported} không có trong danh mục.", "The code {reported} of the {field} is not in the catalogue."},
		[2]string{"Chọn lại theo danh mục của đợt rà soát.", "Choose again from the drive's catalogue."})
	residenceHierarchy = profileRule("RESIDENCE_HIERARCHY", Error, units,
		[2]string{"Mã {field} {reported} không thuộc đơn vị cấp trên đã ghi; đơn vị này thuộc {expected}.", "The {field} {reported} is not of the unit above it that was given; it belongs to {expected}."},
		[2]string{"Sửa tỉnh, huyện hoặc xã cho khớp nhau.", "Make the province, district and commune agree."})
	residenceCatalogue = profileRule("RESIDENCE_CATALOGUE", Error, units,
		[2]string{"Mã nơi thường trú theo danh mục {reported}, không phải danh mục {expected} của đợt rà soát.", "The residence is by the catalogue {reported}, not by the drive's {expected}."},
		[2]string{"Đổi sang mã của danh mục {expected}.", "Write the codes of the catalogue {expected}."})
)

var residenceRules = []*Rule{residenceRequired, residenceUnknown, residenceHierarchy, residenceCatalogue}
