package drive

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/internal/fault"
)

const (
	driveFile   = "drive.yaml"
	schoolsFile = "schools.csv"
	opLoad      = "drive.load"
)

var schoolsHeader = []string{"code", "name", "kind", "province", "expected"}

// LoadDir reads the drive of a folder, as Load does.
func LoadDir(dir string) (*Drive, error) {
	d, err := Load(os.DirFS(dir))
	var f *fault.Error
	if errors.As(err, &f) {
		f.Op = opLoad + " " + dir
		if f.Kind == fault.NotFound {
			f.Text = fault.Text{
				Vi: "Thư mục " + dir + " không phải là một đợt: không có tệp drive.yaml. Nêu thư mục của một đợt",
				En: "The folder " + dir + " is not a drive: it has no drive.yaml. Name the folder of a drive",
			}
		}
	}
	return d, err
}

// Load reads the drive of a folder. A folder without drive.yaml is NotFound; whatever is wrong in the
// folder is Invalid, with a field for each place, named by file and line.
func Load(fsys fs.FS) (*Drive, error) {
	raw, err := fs.ReadFile(fsys, driveFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, opLoad,
			"không có tệp drive.yaml: thư mục này không phải là một đợt", "there is no drive.yaml: the folder is not a drive")
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, opLoad, err)
	}
	var p problems
	var doc document
	decode(driveFile, raw, &doc, &p)
	if err := p.err(opLoad); err != nil {
		return nil, err // what a half-read file says is not worth telling
	}
	catalogue := openCatalogue(fsys, doc.Catalogue, &p)
	schools := readSchools(fsys, &p)
	d := build(doc, catalogue, schools, &p)
	if err := p.err(opLoad); err != nil {
		return nil, err
	}
	return d, nil
}

// openCatalogue returns the catalogue that drive.yaml names: a built-in one, or a folder beside it.
func openCatalogue(fsys fs.FS, ref cell, p *problems) *Catalogue {
	if !p.need(driveFile, ref, "catalogue") {
		return nil
	}
	folder, isFolder := strings.CutPrefix(ref.Value, "./")
	if !isFolder {
		c, err := Builtin(ref.Value)
		if err != nil {
			var f *fault.Error
			errors.As(err, &f)
			p.bad(driveFile, ref, "catalogue", f.Text.Vi, f.Text.En)
		}
		return c
	}
	if !fs.ValidPath(folder) || folder == "." {
		p.bad(driveFile, ref, "catalogue", "phải là thư mục con, ví dụ ./danh-muc", "must be a folder inside, such as ./units")
		return nil
	}
	sub, err := fs.Sub(fsys, folder)
	if err != nil {
		p.bad(driveFile, ref, "catalogue", "không mở được thư mục", "the folder cannot be opened")
		return nil
	}
	var inside problems
	c := readCatalogue(sub, ref.Value, &inside)
	c.files = map[string][]byte{}
	for _, name := range catalogueFiles {
		c.files[name], _ = fs.ReadFile(sub, name)
	}
	for _, f := range inside.fields {
		f.Path = path.Join(folder, f.Path)
		p.fields = append(p.fields, f)
	}
	if len(inside.fields) > 0 {
		return nil
	}
	return c
}

// readSchools reads the directory; the schools are checked by build.
func readSchools(fsys fs.FS, p *problems) []placedSchool {
	rows := readTable(fsys, schoolsFile, schoolsHeader, p)
	schools := make([]placedSchool, 0, len(rows))
	for _, row := range rows {
		f := row.fields
		expected, err := strconv.Atoi(f[4])
		if err != nil {
			expected = -1
		}
		schools = append(schools, placedSchool{
			School: School{Code: f[0], Name: f[1], Kind: f[2], Province: f[3], Expected: expected}, row: row,
		})
	}
	return schools
}

// placedSchool is a school and where it was read.
type placedSchool struct {
	School
	row row
}

// takeSchools checks the directory and puts it into the drive, ordered by code.
func (d *Drive) takeSchools(schools []placedSchool, p *problems) {
	slices.SortStableFunc(schools, func(a, b placedSchool) int { return cmp.Compare(a.Code, b.Code) })
	d.Schools = make([]School, 0, len(schools))
	d.byCode = make(map[string]int, len(schools))
	for _, s := range schools {
		if !token(s.Code) {
			s.row.bad(p, "code", "chỉ gồm chữ cái không dấu, chữ số, - và _, tối đa 32 ký tự",
				"must be letters a–z, digits, - and _, 32 at most")
		}
		if _, taken := d.byCode[s.Code]; taken {
			s.row.twice(p)
		}
		s.row.checkName(p, s.Name)
		if s.Kind != THPT && s.Kind != Specialised && s.Kind != GDTX {
			s.row.bad(p, "kind", fmt.Sprintf("%q không phải thpt, chuyen hay gdtx", s.Kind), fmt.Sprintf("%q is not thpt, chuyen or gdtx", s.Kind))
		}
		if d.Catalogue != nil {
			if _, ok := d.Catalogue.Province(s.Province); !ok {
				s.row.bad(p, "province", fmt.Sprintf("danh mục không có tỉnh mã %q", s.Province), fmt.Sprintf("the catalogue has no province %q", s.Province))
			}
		}
		if s.Expected < 0 {
			s.row.bad(p, "expected", "phải là số nguyên không âm", "must be a whole number, not negative")
		}
		d.byCode[s.Code] = len(d.Schools)
		d.Schools = append(d.Schools, s.School)
	}
}

// token reports whether s may stand in a subject and in a document's id.
func token(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
