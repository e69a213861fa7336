package drive

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

//go:embed catalogues
var builtin embed.FS

var builtins struct {
	sync.Mutex
	read map[string]*Catalogue
}

// Builtin returns a catalogue that the program carries: "2023-04". It is read once. An unknown name is
// NotFound.
func Builtin(name string) (*Catalogue, error) {
	builtins.Lock()
	defer builtins.Unlock()
	if c, ok := builtins.read[name]; ok {
		return c, nil
	}
	dir := path.Join("catalogues", name)
	if _, err := fs.Stat(builtin, path.Join(dir, "catalogue.yaml")); err != nil || strings.Contains(name, "/") {
		return nil, fault.New(fault.NotFound, "drive.catalogue",
			fmt.Sprintf("không có danh mục %q; các danh mục sẵn có: %s", name, strings.Join(builtinNames(), ", ")),
			fmt.Sprintf("there is no catalogue %q; built in are: %s", name, strings.Join(builtinNames(), ", ")))
	}
	sub, err := fs.Sub(builtin, dir)
	if err != nil {
		return nil, fault.Internalf("drive.catalogue", "%w", err)
	}
	var p problems
	c := readCatalogue(sub, name, &p)
	if err := p.err("drive.catalogue"); err != nil {
		return nil, err
	}
	if builtins.read == nil {
		builtins.read = map[string]*Catalogue{}
	}
	builtins.read[name] = c
	return c, nil
}

func builtinNames() []string {
	var names []string
	entries, _ := fs.ReadDir(builtin, "catalogues")
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// The tables of a catalogue.
const (
	catalogueFile = "catalogue.yaml"
	provincesFile = "provinces.csv"
	districtsFile = "districts.csv"
	communesFile  = "communes.csv"
	groupsFile    = "ethnic_groups.csv"
	countriesFile = "countries.csv"
	subjectsFile  = "subjects.csv"
)

var catalogueFiles = []string{catalogueFile, provincesFile, districtsFile, communesFile, groupsFile, countriesFile, subjectsFile}

// catalogueReader reads the tables of one folder.
type catalogueReader struct {
	*Catalogue
	fsys fs.FS
	sum  digest
	p    *problems
}

// readCatalogue reads a folder of tables; what it gives is usable only when it added no problem.
func readCatalogue(fsys fs.FS, name string, p *problems) *Catalogue {
	r := catalogueReader{
		Catalogue: &Catalogue{
			Name: name, children: map[string]span{}, unitNames: make(map[unitName]int, 1<<15),
			provinces: map[string]province{}, idPrefixes: map[string]string{}, subjectNames: map[subjectName]int{},
		},
		fsys: fsys, sum: newDigest(), p: p,
	}
	r.readDate()
	r.readProvinces()
	r.readUnits(LevelDistrict, districtsFile)
	r.readUnits(LevelCommune, communesFile)
	r.readEthnicities()
	r.readCountries()
	r.readSubjects()
	r.Digest = r.sum.hex()
	return r.Catalogue
}

func (r *catalogueReader) readDate() {
	raw, err := fs.ReadFile(r.fsys, catalogueFile)
	if err != nil {
		r.p.missingFile(catalogueFile)
		return
	}
	var doc struct {
		Date cell `yaml:"date"`
	}
	decode(catalogueFile, raw, &doc, r.p)
	if !r.p.need(catalogueFile, doc.Date, "date") {
		return
	}
	if _, err := time.Parse(time.DateOnly, doc.Date.Value); err != nil {
		r.p.bad(catalogueFile, doc.Date, "date", "phải có dạng yyyy-mm-dd", "must be yyyy-mm-dd")
	}
	r.Date = doc.Date.Value
	r.sum.put("catalogue", r.Date)
}

// table reads one CSV file into the digest and gives its rows.
func (r *catalogueReader) table(file string, header ...string) []row {
	rows := readTable(r.fsys, file, header, r.p)
	r.sum.put(file, strconv.Itoa(len(rows)))
	for _, row := range rows {
		r.sum.put(row.fields...)
	}
	return rows
}

func (r *catalogueReader) readEthnicities() {
	for _, row := range r.table(groupsFile, "code", "code_2008", "name", "aliases") {
		e := Ethnicity{Code: row.fields[0], Code2008: row.fields[1], Name: row.fields[2], Aliases: items(row.fields[3])}
		row.checkName(r.p, e.Name)
		if !r.ethnicities.add(e, e.Code, append([]string{e.Name}, e.Aliases...)...) {
			row.twice(r.p)
		}
	}
}

func (r *catalogueReader) readCountries() {
	for _, row := range r.table(countriesFile, "code", "name", "name_en", "aliases") {
		c := Country{Code: row.fields[0], Name: row.fields[1], NameEn: row.fields[2], Aliases: items(row.fields[3])}
		row.checkName(r.p, c.Name)
		if !r.countries.add(c, c.Code, append([]string{c.Code, c.Name, c.NameEn}, c.Aliases...)...) {
			row.twice(r.p)
		}
	}
}

func (r *catalogueReader) readSubjects() {
	for _, row := range r.table(subjectsFile, "code", "name", "programmes", "levels", "assessment", "core", "required_in", "aliases") {
		f := row.fields
		s := Subject{
			Code: f[0], Name: f[1], Programmes: items(f[2]), Levels: items(f[3]), Assessment: f[4],
			Core: f[5] == "yes", Required: f[6] != "", RequiredIn: items(f[6]), Aliases: items(f[7]),
		}
		row.checkName(r.p, s.Name)
		switch s.Assessment {
		case AssessedByScore, AssessedByComment, NotInAverage:
		default:
			row.bad(r.p, "assessment", "phải là score, comment hoặc not_in_average", "must be score, comment or not_in_average")
		}
		for _, p := range slices.Concat(s.Programmes, s.RequiredIn) {
			if !validProgramme(student.Programme(p)) || !s.In(student.Programme(p)) {
				row.bad(r.p, "programmes", fmt.Sprintf("không có chương trình %q", p), fmt.Sprintf("unknown programme %q", p))
			}
		}
		if !r.subjects.add(s, s.Code) {
			row.twice(r.p)
		}
		i := len(r.subjects.all) - 1
		for _, name := range append([]string{s.Code, s.Name}, s.Aliases...) {
			k := nameKey(name)
			for _, p := range append([]string{""}, s.Programmes...) {
				addName(r.subjectNames, subjectName{student.Programme(p), k}, i)
			}
		}
	}
}
