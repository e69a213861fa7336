package validation

const units = "Danh mục đơn vị hành chính của Tổng cục Thống kê / the General Statistics Office's list of units"

var (
	residenceRequired = profileRule("RESIDENCE_REQUIRED", Error, dispatch,
		[2]string{"Nơi thường trú thiếu {field}.", "The permanent residence lacks its {field}."},
		[2]string{"Ghi đủ tỉnh, huyện, xã của nơi thường trú, mỗi nơi gồm loại và tên như trong danh mục, ví dụ \"Tỉnh Hòa Bình\".",
			"Write the province, district and commune of permanent residence, each with its type and name as in the catalogue, such as \"Tỉnh Hòa Bình\"."})
	residenceUnknown = profileRule("RESIDENCE_UNKNOWN", Error, units,
		[2]string{"Mã {field} {reported} không có trong danh mục.", "The code {reported} of the {field} is not in the catalogue."},
		[2]string{"Chọn lại tên trong danh mục của đợt rà soát; phần mềm thì gửi mã của tên đó.", "Choose the name again from the drive's catalogue; a portal sends the code of that name."})
	residenceHierarchy = profileRule("RESIDENCE_HIERARCHY", Error, units,
		[2]string{"Mã {field} {reported} không thuộc đơn vị cấp trên đã ghi, mà thuộc {expected}.", "The {field} {reported} is not of the unit above it that was given; it belongs to {expected}."},
		[2]string{"Sửa tỉnh, huyện hoặc xã cho khớp nhau.", "Make the province, district and commune agree."})
	residenceTwoTiers = profileRule("RESIDENCE_TWO_TIERS", Error, units+"; Nghị quyết 202/2025/QH15",
		[2]string{"Nơi thường trú có tỉnh và xã nhưng không có huyện, như danh mục từ 1/7/2025. Mã tỉnh {reported}; đợt này dùng danh mục {expected}.", "The residence has a province and a commune and no district, as in the catalogue from 1 July 2025. Province code {reported}; this drive uses the catalogue {expected}."},
		[2]string{"Ghi tỉnh, huyện, xã theo danh mục của đợt: cùng một mã, trước và sau 1/7/2025 là hai nơi khác nhau.", "Write the province, district and commune of the drive's catalogue: one code names two places, before and after 1 July 2025."})
	residenceCatalogue = profileRule("RESIDENCE_CATALOGUE", Error, units,
		[2]string{"Mã nơi thường trú theo danh mục {reported}, không phải danh mục {expected} của đợt rà soát.", "The residence is by the catalogue {reported}, not by the drive's {expected}."},
		[2]string{"Chọn lại tỉnh, huyện, xã theo danh mục của đợt rà soát; phần mềm thì gửi mã của danh mục đó.", "Choose the province, district and commune again from the drive's catalogue; a portal sends its codes."})
)

var residenceRules = []*Rule{residenceRequired, residenceUnknown, residenceHierarchy, residenceTwoTiers, residenceCatalogue}
