package drive_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
)

func TestProvince2025(t *testing.T) {
	for _, tt := range []struct {
		code, name string
		merged     []string
	}{
		{"01", "Thành phố Hà Nội", []string{"01"}},
		{"08", "Tỉnh Tuyên Quang", []string{"02", "08"}},
		{"15", "Tỉnh Lào Cai", []string{"10", "15"}},
		{"46", "Thành phố Huế", []string{"46"}},
		{"79", "Thành phố Hồ Chí Minh", []string{"74", "77", "79"}},
		{"10", "", nil}, // Lào Cai until then
		{"001", "", nil},
		{"", "", nil},
	} {
		name, ok := drive.Province2025(tt.code)
		if merged := drive.Merged2025(tt.code); name != tt.name || ok != (tt.name != "") || !slices.Equal(merged, tt.merged) {
			t.Errorf("%q: got %q, %v, of %v; want %q of %v", tt.code, name, ok, merged, tt.name, tt.merged)
		}
	}
}

// Every province of 2023 became one of the 34, whose code is the code of one of those that it was formed of. Seven codes are
// another place since.
func TestProvincesOf2025AreThoseOf2023(t *testing.T) {
	c := mustBuiltin(t)
	became := map[string]string{}
	count := 0
	var another []string
	for i := range 100 {
		code := fmt.Sprintf("%02d", i)
		name, ok := drive.Province2025(code)
		if !ok {
			continue
		}
		count++
		checkName(t, code, name)
		merged := drive.Merged2025(code)
		if !slices.Contains(merged, code) || !slices.IsSorted(merged) {
			t.Errorf("%s %s was formed of %v", code, name, merged)
		}
		known := false // one of them gave the name
		for _, old := range merged {
			u, ok := c.Province(old)
			if !ok || became[old] != "" {
				t.Errorf("%s became %s and %s, %v", old, became[old], code, ok)
			}
			became[old] = code
			known = known || strings.HasSuffix(u.Name, name[strings.LastIndex(name, " ")+1:])
		}
		if !known {
			t.Errorf("%s %s has the name of none of %v", code, name, merged)
		}
		if u, _ := c.Province(code); len(merged) > 1 && !strings.HasSuffix(name, " "+u.Name) {
			another = append(another, code)
		}
	}
	if count != 34 || len(became) != len(c.Provinces()) {
		t.Errorf("%d provinces formed of %d, want 34 of %d", count, len(became), len(c.Provinces()))
	}
	if want := []string{"15", "24", "44", "52", "80", "82", "91"}; !slices.Equal(another, want) {
		t.Errorf("another place by the same code: %v, want %v", another, want)
	}
}

func TestMerged2025IsACopy(t *testing.T) {
	drive.Merged2025("15")[0] = "99"
	if got := drive.Merged2025("15"); got[0] != "10" {
		t.Errorf("got %v", got)
	}
}
