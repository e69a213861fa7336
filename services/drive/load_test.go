package drive_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

const smallDrive = `id: test-12
name: Đợt thử
school_year: 2022-2023
version: 1
timezone: Asia/Ho_Chi_Minh
windows:
  - id: first
    name: {vi: Đợt 1, en: Window 1}
    closes: 2023-04-21 17:00
    parts: [enrolment, profile]
  - id: second
    name: {vi: Đợt 2, en: Window 2}
    closes: 2023-05-31 17:00
    parts: [results/12/2]
corrections: 2023-06-15 17:00
regulations:
  - {regulation: tt58-26, grades: [12], programmes: [thpt2006]}
severities: {marks.year: warning}
approval_required: false
registry: verify
catalogue: 2023-04
`

const smallSchools = "code,name,kind,province,expected\n01001701,THPT A,thpt,01,40\n"

func folder(yaml, schools string) fstest.MapFS {
	return fstest.MapFS{"drive.yaml": {Data: []byte(yaml)}, "schools.csv": {Data: []byte(schools)}}
}

func TestLoad(t *testing.T) {
	d, err := drive.Load(folder(smallDrive, "\ufeff"+strings.ReplaceAll(smallSchools, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if d.Version != "1" || d.Severities["marks.year"] != "warning" || d.Registry != drive.RegistryVerify || len(d.Schools) != 1 {
		t.Errorf("got %+v", d)
	}
	plain, err := drive.Load(folder("# a comment\n"+smallDrive, smallSchools))
	if err != nil {
		t.Fatal(err)
	}
	if plain.Digest != d.Digest {
		t.Error("a comment, a byte order mark or line ends changed the digest")
	}
}

func TestLoadNamesKeyAndLine(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string // in drive.yaml
		path     string
		want     string // in the English text
	}{
		{"unknown key", "registry:", "registri:", "drive.yaml:20", `unknown key "registri"`},
		{"unknown key inside", "    closes: 2023-05-31", "    close: 2023-05-31", "drive.yaml:13", `unknown key "close"`},
		{"unknown key of a row", "grades: [12]", "grade: [12]", "drive.yaml:17", `unknown key "grade"`},
		{"key twice", "version: 1", "id: other", "drive.yaml:4", `key "id" is already at line 1`},
		{"missing key", "version: 1\n", "", "drive.yaml", "version is missing"},
		{"list for a value", "version: 1", "version: [1]", "drive.yaml:4", "one value is expected"},
		{"syntax", "version: 1", "version: [", "drive.yaml", ""},
		{"two documents", "catalogue: 2023-04", "catalogue: 2023-04\n---\nid: x", "drive.yaml", "one YAML document"},
		{"time zone", "Asia/Ho_Chi_Minh", "Asia/Hanoi", "drive.yaml:5", `unknown time zone "Asia/Hanoi"`},
		{"local time zone", "Asia/Ho_Chi_Minh", "Local", "drive.yaml:5", `unknown time zone "Local"`},
		{"window order", "2023-05-31 17:00", "2023-04-21 17:00", "drive.yaml:13", "windows[1].closes: must be later"},
		{"window id", "id: second", "id: first", "drive.yaml:11", "windows[1].id: must differ"},
		{"instant", "2023-04-21 17:00", "21/4/2023 17h", "drive.yaml:9", "windows[0].closes: must be like"},
		{"unknown part", "[results/12/2]", "[results/13]", "drive.yaml:14", `unknown part "results/13"`},
		{"part twice", "[results/12/2]", "[profile]", "drive.yaml:14", `part "profile" is already in a window`},
		{"no parts", "    parts: [results/12/2]\n", "", "drive.yaml:11", "windows[1].parts is missing"},
		{"corrections", "2023-06-15", "2023-05-15", "drive.yaml:15", "corrections: must not be before"},
		{"regulation", "tt58-26", "tt59", "drive.yaml:17", `"tt59" is not one of`},
		{"grade", "grades: [12]", "grades: [9]", "drive.yaml:17", "must be 10, 11 or 12"},
		{"programme", "programmes: [thpt2006]", "programmes: [thpt]", "drive.yaml:17", `unknown programme "thpt"`},
		{"overlap", "grades: [12]", "grades: [12, 12]", "drive.yaml:17", "another row has the same years"},
		{"severity", "warning", "grave", "drive.yaml:18", "severities.marks.year: must be error, warning, info or off"},
		{"bool", "approval_required: false", "approval_required: maybe", "drive.yaml:19", "must be true or false"},
		{"registry", "registry: verify", "registry: ask", "drive.yaml:20", "must be lookup or verify"},
		{"catalogue", "catalogue: 2023-04", "catalogue: 1999-01", "drive.yaml:21", `no catalogue "1999-01"; built in are: 2023-04`},
		{"catalogue outside", "catalogue: 2023-04", "catalogue: ./../units", "drive.yaml:21", "must be a folder inside"},
		{"school year", "school_year: 2022-2023", "school_year: 2022-2024", "drive.yaml:3", "must be like 2022-2023"},
		{"id", "id: test-12", "id: đợt 1", "drive.yaml:1", "id: must be letters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(smallDrive, tt.old) {
				t.Fatalf("%q is not in the drive of this test", tt.old)
			}
			_, err := drive.Load(folder(strings.Replace(smallDrive, tt.old, tt.new, 1), smallSchools))
			checkField(t, err, tt.path, tt.want)
		})
	}
}

func TestLoadChecksSchools(t *testing.T) {
	const head = "code,name,kind,province,expected\n"
	for _, tt := range []struct{ name, schools, path, want string }{
		{"province", head + "01001701,THPT A,thpt,01,1\n03001701,THPT B,thpt,03,1\n", "schools.csv:3", `province: the catalogue has no province "03"`},
		{"kind", head + "01001701,THPT A,thcs,01,1\n", "schools.csv:2", `"thcs" is not thpt, chuyen or gdtx`},
		{"code", head + "01.001.701,THPT A,thpt,01,1\n", "schools.csv:2", "code: must be letters"},
		{"code twice", head + "01001701,THPT A,thpt,01,1\n01001701,THPT B,thpt,01,1\n", "schools.csv:3", "stands in another line"},
		{"expected", head + "01001701,THPT A,thpt,01,many\n", "schools.csv:2", "expected: must be a whole number"},
		{"name", head + "01001701,THPT  A,thpt,01,1\n", "schools.csv:2", "spaces too many"},
		{"decomposed name", head + "01001701,THPT a\u0300,thpt,01,1\n", "schools.csv:2", "NFC"},
		{"header", "code,name\n", "schools.csv:1", "the first line must be code,name,kind,province,expected"},
		{"empty", "", "schools.csv:1", "the first line must be"},
		{"columns", head + "01001701,THPT A\n", "schools.csv:2", "wrong number of fields"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := drive.Load(folder(smallDrive, tt.schools))
			checkField(t, err, tt.path, tt.want)
		})
	}
}

func TestLoadTellsEverythingAtOnce(t *testing.T) {
	yaml := strings.NewReplacer("registry: verify", "registry: ask", "Asia/Ho_Chi_Minh", "Mars/Olympus").Replace(smallDrive)
	_, err := drive.Load(folder(yaml, "code,name,kind,province,expected\n1,A,x,00,-1\n"))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 5 {
		t.Fatalf("got %v, want five fields", err)
	}
	for _, field := range f.Fields {
		if field.Text.Vi == "" || field.Text.En == "" || field.Rule == "" {
			t.Errorf("field %+v does not say everything", field)
		}
	}
}

func TestLoadWithoutDrive(t *testing.T) {
	if _, err := drive.Load(fstest.MapFS{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
	if _, err := drive.Load(fstest.MapFS{"drive.yaml": {Data: []byte(smallDrive)}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without schools.csv got %v, want invalid", err)
	}
	if _, err := drive.LoadDir(t.TempDir()); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
	if _, err := drive.Load(folder("", smallSchools)); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty drive.yaml: got %v, want invalid", err)
	}
}

// FuzzLoad: whatever a folder holds, Load answers and does not panic.
func FuzzLoad(f *testing.F) {
	f.Add(smallDrive, smallSchools)
	raw, err := os.ReadFile("dispatch1246/drive.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw), smallSchools)
	f.Add("id: &a [*a]\n", "code")
	f.Add(smallDrive+"rules: [{code: OWN, kind: profile, severity: info, holds: 'profile.class != \"\"', message: {vi: a, en: b}, remedy: {vi: c, en: d}, source: e}]\n", smallSchools)
	f.Fuzz(func(t *testing.T, yaml, schools string) {
		d, err := drive.Load(folder(yaml, schools))
		if err == nil && (d.Digest == "" || len(d.Windows) == 0) {
			t.Errorf("a drive without digest or windows was accepted")
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v, want invalid", err)
		}
	})
}

// checkField wants a field of the path whose English text contains want, in the error's text too.
func checkField(tb testing.TB, err error, path, want string) {
	tb.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		tb.Fatalf("got %v, want an invalid drive", err)
	}
	for _, field := range f.Fields {
		if strings.HasPrefix(field.Path, path) && strings.Contains(field.Text.En, want) {
			if !strings.Contains(err.Error(), field.Path) {
				tb.Errorf("the text %q does not name %s", err, field.Path)
			}
			return
		}
	}
	tb.Errorf("got %+v, want %s: %s", f.Fields, path, want)
}
