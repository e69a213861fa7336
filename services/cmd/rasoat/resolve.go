package main

import (
	"context"
	"os"
	"regexp"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student/wire"
)

// pupilForms is how every command says in its help what names a pupil.
const pupilForms = `the ministry's code, the reference, or a cell like "hoso.xlsx!A5"`

// reference is the form of a reference: codes of the ministry are digits, or begin with a capital. What has another form is a
// code or a cell, and is looked up.
var reference = regexp.MustCompile(`^([a-z2-7]{26}|[a-z][A-Za-z0-9_-]*)$`)

// knownPupils translates between the ministry's codes and the references of the pupils of one school.
type knownPupils struct{ byCode, codeOf map[string]string }

// pupilsOf asks who the pupils of a school are.
func (a *app) pupilsOf(ctx context.Context, school string) (*knownPupils, error) {
	conn, err := a.connect()
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	client := reportingpb.NewReportingServiceClient(conn)
	out := &knownPupils{map[string]string{}, map[string]string{}}
	req := &reportingpb.ListRecordsRequest{Scope: school, PageSize: 500}
	for {
		page, err := call(ctx, a, client.ListRecords, req)
		if err != nil {
			return nil, err
		}
		for _, p := range page.GetPupils() {
			for _, r := range p.GetRecords() {
				code := wire.FromRecord(r.GetPersonal()).Code().Reveal()
				out.byCode[code], out.codeOf[p.GetPupil()] = p.GetPupil(), code
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return out, nil
		}
	}
}

// resolve returns the references of pupils who are named in any of the forms. It is the one place where a name of a pupil is
// read. A code and a cell mean a pupil of the scope, which has to be a school then.
func (a *app) resolve(ctx context.Context, scope string, names ...string) ([]string, error) {
	out := make([]string, len(names))
	var school *knownPupils
	for i, name := range names {
		if name == "" || reference.MatchString(name) {
			out[i] = name
			continue
		}
		if !schoolScope.MatchString(scope) {
			return nil, fault.New(fault.Invalid, "rasoat.resolve",
				"Mã của Bộ và ô của tệp chỉ dùng được trong phạm vi một trường, như 01/01000701; nêu trường, hoặc dùng mã tham chiếu",
				"The ministry's code and a cell mean a pupil of one school, like 01/01000701: name the school, or use the reference")
		}
		code, err := a.codeAt(name, scope)
		if err != nil {
			return nil, err
		}
		if school == nil {
			if school, err = a.pupilsOf(ctx, scope); err != nil {
				return nil, err
			}
		}
		if out[i] = school.byCode[code]; out[i] == "" {
			return nil, noSuchPupil(scope)
		}
	}
	return out, nil
}

// resolveOne is resolve for one name, "" for nobody.
func (a *app) resolveOne(ctx context.Context, scope, name string) (string, error) {
	out, err := a.resolve(ctx, scope, name)
	if err != nil {
		return "", err
	}
	return out[0], nil
}

// showing returns how lists show a pupil of a scope: by the ministry's code and the reference where the scope is a school
// whose records the caller may read, and by the reference elsewhere.
func (a *app) showing(ctx context.Context, scope string) func(ref string) string {
	var known *knownPupils
	if schoolScope.MatchString(scope) && !a.json {
		known, _ = a.pupilsOf(ctx, scope) // without it the list is as good as it was
	}
	return func(ref string) string {
		if known == nil || known.codeOf[ref] == "" {
			return ref
		}
		return known.codeOf[ref] + " " + ref
	}
}

// noSuchPupil does not repeat the name: it may be a person's.
func noSuchPupil(school string) error {
	return fault.New(fault.NotFound, "rasoat.resolve",
		"Trường "+school+" không có học sinh này. Nêu mã của Bộ, mã tham chiếu (rasoat status "+school+" --pupils --all liệt kê), hoặc ô như hoso.xlsx!A5",
		"The school "+school+" has no such pupil. Name the ministry's code, the reference (rasoat status "+school+
			" --pupils --all lists them), or a cell like hoso.xlsx!A5")
}

// cellName is a cell, with or without its sheet, or the number of a line.
var cellName = regexp.MustCompile(`^(?:(.+)!)?([A-Za-z]{0,3})([0-9]+)$`)

// codeAt returns the code of the pupil in whose row a cell is: "hoso.xlsx!A5", "hoso.xlsx DANH MUC!A5" as findings have it, or
// "pupils.ndjson:5". What names no file is a code itself.
func (a *app) codeAt(name, school string) (string, error) {
	file, cell := "", []string(nil)
	for i, c := range name {
		if !strings.ContainsRune(" !:", c) {
			continue
		}
		if info, err := os.Stat(name[:i]); err == nil && info.Mode().IsRegular() {
			file, cell = name[:i], cellName.FindStringSubmatch(name[i+1:])
			break
		}
	}
	switch {
	case file == "" && strings.ContainsAny(name, "!."):
		return "", fault.New(fault.Invalid, "rasoat.resolve", "Không có tệp của ô đã nêu; kiểm tra lại đường dẫn",
			"There is no file of the cell that was named: check the path")
	case file == "":
		return name, nil
	case cell == nil:
		return "", fault.New(fault.Invalid, "rasoat.resolve", "Nêu ô của "+file+" như "+file+"!A5", "Name a cell of "+file+" like "+file+"!A5")
	}
	d, err := a.drive()
	if err != nil {
		return "", err
	}
	m := schoolScope.FindStringSubmatch(school)
	source, closeIt, err := a.open(file, d, portal.Sender{Drive: d.ID, Province: m[1], School: m[2]})
	if err != nil {
		return "", err
	}
	defer closeIt()
	for entry, err := range source {
		if err != nil {
			return "", inFile(file, err)
		}
		for _, r := range entry.Records {
			if inRow(entry.Origin.Locate(""), cell) {
				return wire.FromRecord(r).Code().Reveal(), nil
			}
		}
	}
	return "", fault.New(fault.NotFound, "rasoat.resolve", "Dòng đã nêu của "+file+" không có học sinh; kiểm tra lại ô",
		"No pupil is in that row of "+file+": check the cell")
}

// inRow reports whether a place is in the row of a cell, and on its sheet where the cell names one.
func inRow(place string, cell []string) bool {
	if !strings.Contains(place, "!") { // a line: "pupils.ndjson:5"
		place = place[strings.LastIndexAny(place, " :")+1:]
	}
	at := cellName.FindStringSubmatch(place)
	return at != nil && at[3] == cell[3] && (cell[1] == "" || cell[1] == at[1])
}
