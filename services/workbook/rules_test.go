package workbook

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/validation"
)

// What is only warned of here goes on in such a form that the rule which judges it fires.
func TestWarningsReachTheirRules(t *testing.T) {
	for name, tt := range map[string]struct {
		change map[string]any
		rule   string // "" for none
	}{
		"good":                   {map[string]any{"Xã": "Phường Tân Hòa"}, ""},
		"precision":              {map[string]any{"Số ĐDCN": "1.72E+10"}, "ID_PRECISION_LOST"},
		"leading zero":           {map[string]any{"Số ĐDCN": 17205000123}, "ID_LEADING_ZERO"},
		"ethnic group":           {map[string]any{"Dân tộc": "Người sao Hỏa"}, "ETHNICITY_UNKNOWN"},
		"nationality":            {map[string]any{"Quốc tịch": "Atlantis"}, "NATIONALITY_UNKNOWN"},
		"province":               {map[string]any{"Tỉnh": "Tỉnh Hà Bắc"}, "RESIDENCE_UNKNOWN"},
		"commune":                {map[string]any{"Xã": "Xã Không Có"}, "RESIDENCE_UNKNOWN"},
		"code of another parent": {map[string]any{"Xã": "00001"}, "RESIDENCE_HIERARCHY"},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, mustBook(t, map[string][][]any{"DANH MUC": profileSheet(tt.change)}), drive.Default(), Options{})
			profiles := profilesOf(got)
			if len(profiles) != 1 {
				t.Fatalf("got %d profiles", len(profiles))
			}
			found := tt.rule == ""
			for _, f := range validation.Check(drive.Default(), student.Record{Part: student.ProfilePart, Profile: &profiles[0]}) {
				if tt.rule == "" && f.Severity == validation.Error {
					t.Errorf("%s fires at %s", f.Rule, f.Field)
				}
				found = found || f.Rule == tt.rule
			}
			if !found {
				t.Errorf("%s does not fire", tt.rule)
			}
		})
	}
}
