package linkage

import (
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The same two people, however a program writes its CSV.
func TestReadPeople(t *testing.T) {
	for name, text := range map[string]string{
		"plain":          "key,id_number,full_name,date_of_birth,gender,residence\na,001,Lê A,2005-03-09,male,01/002\nb,,,,,\n",
		"mark and CRLF":  "\ufeffkey,id_number,full_name,date_of_birth,gender,residence\r\na,001,Lê A,09/03/2005,nam,01/002\r\nb,,,,,\r\n",
		"another order":  "residence,GENDER, Key ,note,full_name,date_of_birth,id_number\n01/002,1,a,\"x, y\",Lê A,20050309, 001\n,,b,,,,",
		"semicolons":     "key;full_name;id_number;date_of_birth;gender;residence\na;Lê A;001;9/3/2005;m;01/002\nb\n\n;;;\n",
		"tabs":           "key\tfull_name\tid_number\tdate_of_birth\tgender\tresidence\na\tLê A\t001\t9/3/2005\tm\t01/002\nb",
		"quoted newline": "key,full_name,note,id_number,date_of_birth,gender,residence\na,Lê A,\"x\ny\",001,2005-03-09,male,01/002\nb\n",
	} {
		got, absent, err := ReadPeople(BytesInput([]byte(text)))
		if err != nil || absent.Sum() != 0 || len(got) != 2 {
			t.Errorf("%s: got %d people, %+v, %v", name, len(got), absent, err)
			continue
		}
		a := got[0]
		if a.Key != "a" || a.Number.Reveal() != "001" || a.FullName.Reveal() != "Lê A" || a.BirthDate.Reveal() != "2005-03-09" || a.Gender != "male" || a.Residence[1] != "002" {
			t.Errorf("%s: got %s %s %s %s", name, a.Number.Reveal(), a.FullName.Reveal(), a.BirthDate.Reveal(), a.Gender)
		}
		if b := got[1]; b.Key != "b" || b.Number != "" || b.FullName != "" || !b.BirthDate.IsZero() {
			t.Errorf("%s: the second is not empty", name)
		}
	}
	_, absent, err := ReadPeople(BytesInput([]byte("key,id_number,date_of_birth,gender,residence\na,1.2E+11,32/1/2005,x,1/2/3/4\n")))
	if want := (Absent{1, 1, 1, 1}); err != nil || absent != want {
		t.Errorf("bad cells: got %+v, %v", absent, err)
	}
}

func TestBrokenFiles(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"empty":           {"", "Line 1, column 1"},
		"no key":          {"full_name\nSecret\n", "Line 1, column key"},
		"two key columns": {"key,Key\na,b\n", "Line 1, column key"},
		"a key missing":   {"key,full_name\na,Secret\n ,Secret\n", "Line 3, column key"},
		"a key twice":     {"key,full_name\na,Secret\nb,Secret\na,Secret\n", "Line 4, column key"},
		"a quote":         {"key,full_name\na,Secret\nb,\"Secret\" x\n", "Line 3, column"},
	} {
		_, _, err := ReadPeople(BytesInput([]byte(tt.text)))
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Invalid || !strings.HasPrefix(e.Text.En, tt.want) || e.Text.Vi == "" || strings.Contains(err.Error(), "Secret") {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
	if _, err := FileInput(t.TempDir()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := FileInput("nowhere.csv"); !fault.Is(err, fault.Invalid) {
		t.Errorf("no file: got %v", err)
	}
}

func TestReadTruth(t *testing.T) {
	got, err := ReadTruth(BytesInput([]byte("kind,population_key,profile_key\nx,p1,h1\n,,h2\n")))
	if err != nil || got.Person("h1") != "p1" || got.Person("h2") != "" || got.Person("h3") != "" || len(got.Slices) != 1 || got.of["h1"].values[0] != "x" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, text := range []string{"profile_key\nh1\n", "profile_key,population_key\nh1,p1\nh1,p2\n", "profile_key,population_key\n,p1\n"} {
		if _, err := ReadTruth(BytesInput([]byte(text))); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// Whatever the bytes, a file is read or refused, and what was read has keys of its own.
func FuzzReadPeople(f *testing.F) {
	for _, seed := range []string{"", "key\na\n", "\ufeffkey;gender\r\na;nữ\r\n", "key,residence\na,\"xã A, huyện B, tỉnh C\"\n", "key,date_of_birth,id_number\na,1/2/2005,1.2E+11\nb,2005,'00 1\n", "key\n\"a\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		people, _, err := ReadPeople(BytesInput(text))
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, p := range people {
			if p.Key == "" || seen[p.Key] || !p.BirthDate.IsZero() && !p.BirthDate.Valid() {
				t.Fatalf("a person without a key or date of its own")
			}
			seen[p.Key] = true
			r := prepare(p.Particulars)
			r.keys(nil, true)
			r.keys(nil, false)
		}
	})
}
