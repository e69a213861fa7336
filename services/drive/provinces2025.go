package drive

import "slices"

// province2025 is a province since 1 July 2025, when there are two tiers: provinces, and communes without districts between.
type province2025 struct {
	name   string   // with its type, as Unit.Full writes it
	merged []string // codes of the provinces before that day of which it was formed, in order
}

// provinces2025 are by their code of the list of administrative units of Decision 19/2025/QĐ-TTg; of which provinces each was
// formed says Resolution 202/2025/QH15. Seven codes are those of another province before: 15, 24, 44, 52, 80, 82 and 91.
var provinces2025 = map[string]province2025{
	"01": {"Thành phố Hà Nội", []string{"01"}},
	"04": {"Tỉnh Cao Bằng", []string{"04"}},
	"08": {"Tỉnh Tuyên Quang", []string{"02", "08"}},
	"11": {"Tỉnh Điện Biên", []string{"11"}},
	"12": {"Tỉnh Lai Châu", []string{"12"}},
	"14": {"Tỉnh Sơn La", []string{"14"}},
	"15": {"Tỉnh Lào Cai", []string{"10", "15"}},
	"19": {"Tỉnh Thái Nguyên", []string{"06", "19"}},
	"20": {"Tỉnh Lạng Sơn", []string{"20"}},
	"22": {"Tỉnh Quảng Ninh", []string{"22"}},
	"24": {"Tỉnh Bắc Ninh", []string{"24", "27"}},
	"25": {"Tỉnh Phú Thọ", []string{"17", "25", "26"}},
	"31": {"Thành phố Hải Phòng", []string{"30", "31"}},
	"33": {"Tỉnh Hưng Yên", []string{"33", "34"}},
	"37": {"Tỉnh Ninh Bình", []string{"35", "36", "37"}},
	"38": {"Tỉnh Thanh Hóa", []string{"38"}},
	"40": {"Tỉnh Nghệ An", []string{"40"}},
	"42": {"Tỉnh Hà Tĩnh", []string{"42"}},
	"44": {"Tỉnh Quảng Trị", []string{"44", "45"}},
	"46": {"Thành phố Huế", []string{"46"}},
	"48": {"Thành phố Đà Nẵng", []string{"48", "49"}},
	"51": {"Tỉnh Quảng Ngãi", []string{"51", "62"}},
	"52": {"Tỉnh Gia Lai", []string{"52", "64"}},
	"56": {"Tỉnh Khánh Hòa", []string{"56", "58"}},
	"66": {"Tỉnh Đắk Lắk", []string{"54", "66"}},
	"68": {"Tỉnh Lâm Đồng", []string{"60", "67", "68"}},
	"75": {"Tỉnh Đồng Nai", []string{"70", "75"}},
	"79": {"Thành phố Hồ Chí Minh", []string{"74", "77", "79"}},
	"80": {"Tỉnh Tây Ninh", []string{"72", "80"}},
	"82": {"Tỉnh Đồng Tháp", []string{"82", "87"}},
	"86": {"Tỉnh Vĩnh Long", []string{"83", "84", "86"}},
	"91": {"Tỉnh An Giang", []string{"89", "91"}},
	"92": {"Thành phố Cần Thơ", []string{"92", "93", "94"}},
	"96": {"Tỉnh Cà Mau", []string{"95", "96"}},
}

// Province2025 returns the name of a province of the list in force since 1 July 2025 (Decision 19/2025/QĐ-TTg), with its type:
// "Tỉnh Lào Cai" for "15", which is Yên Bái in the catalogue of 2023. No drive is coded in that list: it tells what the sender
// of such a code may have meant.
func Province2025(code string) (name string, ok bool) {
	p, ok := provinces2025[code]
	return p.name, ok
}

// Merged2025 returns the codes in the catalogue of 2023 of the provinces that became a province of 1 July 2025 (Resolution
// 202/2025/QH15), in order: "10" and "15" for "15"; one code where nothing was merged; nil for a code that is no province.
func Merged2025(code string) []string { return slices.Clone(provinces2025[code].merged) }
