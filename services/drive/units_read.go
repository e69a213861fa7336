package drive

import (
	"cmp"
	"slices"
	"strconv"
)

// widths are the digits of the codes of each level.
var widths = [levels]int{2, 3, 5}

// unitTypes are the types of each level.
var unitTypes = [levels][]string{
	{"tinh", "thanh_pho"},
	{"quan", "huyen", "thi_xa", "thanh_pho"},
	{"phuong", "xa", "thi_tran"},
}

func (r *catalogueReader) readProvinces() {
	aliases := map[string][]string{}
	rows := r.table(provincesFile, "code", "type", "name", "id_prefix", "exam_code", "region", "candidates", "aliases")
	for _, row := range rows {
		f := row.fields
		if !r.addUnit(LevelProvince, row, Unit{Code: f[0], Type: f[1], Name: f[2]}) {
			continue
		}
		candidates, err := strconv.Atoi(f[6])
		if err != nil || candidates < 0 {
			row.bad(r.p, "candidates", "phải là số nguyên không âm", "must be a whole number, not negative")
		}
		if _, taken := r.idPrefixes[f[3]]; taken {
			row.bad(r.p, "id_prefix", "đã có ở tỉnh khác", "another province has it")
		}
		r.provinces[f[0]] = province{idPrefix: f[3], examCode: f[4], region: f[5], candidates: candidates}
		r.idPrefixes[f[3]] = f[0]
		aliases[f[0]] = items(f[7])
	}
	r.finishUnits(LevelProvince, provincesFile, aliases)
}

func (r *catalogueReader) readUnits(level int, file string) {
	rows := r.table(file, "code", "type", "name", "parent")
	r.units[level-1] = make([]Unit, 0, len(rows))
	r.unitOf[level-1] = make(map[string]int, len(rows))
	for _, row := range rows {
		f := row.fields
		r.addUnit(level, row, Unit{Code: f[0], Type: f[1], Name: f[2], Parent: f[3]})
	}
	r.finishUnits(level, file, nil)
}

// addUnit appends a unit and reports whether its code and parent are in order.
func (r *catalogueReader) addUnit(level int, row row, u Unit) bool {
	row.checkName(r.p, u.Name)
	if len(u.Code) != widths[level-1] || !digits(u.Code) {
		row.bad(r.p, "code", "sai số chữ số", "has the wrong number of digits")
		return false
	}
	if !slices.Contains(unitTypes[level-1], u.Type) {
		row.bad(r.p, "type", "không thuộc cấp này", "is not of this level")
	}
	if level > LevelProvince {
		if _, ok := r.unitOf[level-2][u.Parent]; !ok {
			row.bad(r.p, "parent", "không có đơn vị cấp trên này", "there is no such unit above")
			return false
		}
	}
	if r.unitOf[level-1] == nil {
		r.unitOf[level-1] = map[string]int{}
	}
	if _, taken := r.unitOf[level-1][u.Code]; taken {
		row.twice(r.p)
		return false
	}
	r.unitOf[level-1][u.Code] = -1 // until finishUnits
	r.units[level-1] = append(r.units[level-1], u)
	return true
}

// finishUnits orders the units of a level and makes its indexes.
func (r *catalogueReader) finishUnits(level int, file string, aliases map[string][]string) {
	units := r.units[level-1]
	slices.SortFunc(units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Code, b.Code))
	})
	for i, u := range units {
		r.unitOf[level-1][u.Code] = i
		if level > LevelProvince {
			s, ok := r.children[u.Parent]
			if !ok {
				s.from = i
			}
			s.to = i + 1
			r.children[u.Parent] = s
		}
	}
	if u, ok := r.addUnitNames(level, aliases); !ok {
		r.p.add(file, 0, "drive.repeated_name", "hai đơn vị cùng tên và cấp trên, mã "+u.Code, "two units have the same name and parent, one is "+u.Code)
	}
}
