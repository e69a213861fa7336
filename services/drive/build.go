package drive

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // a deadline must not depend on what the machine has installed

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// clock is how drive.yaml writes an instant, in the drive's time zone; clockSeconds, one that is not on the minute.
const (
	clock        = "2006-01-02 15:04"
	clockSeconds = clock + ":05"
)

// build makes a drive of what was read and tells everything that is wrong with it; the drive is usable
// only when it told nothing.
func build(doc document, catalogue *Catalogue, schools []placedSchool, p *problems) *Drive {
	d := &Drive{
		ID: doc.ID.Value, Name: doc.Name.Value, SchoolYear: doc.SchoolYear.Value, Version: doc.Version.Value,
		Catalogue: catalogue,
	}
	p.need(driveFile, doc.Name, "name")
	p.need(driveFile, doc.Version, "version")
	if p.need(driveFile, doc.ID, "id") && !token(d.ID) {
		p.bad(driveFile, doc.ID, "id", "chỉ gồm chữ cái không dấu, chữ số, - và _, tối đa 32 ký tự",
			"must be letters a–z, digits, - and _, 32 at most")
	}
	if p.need(driveFile, doc.SchoolYear, "school_year") {
		year, ok := firstYear(d.SchoolYear)
		if !ok {
			p.bad(driveFile, doc.SchoolYear, "school_year", "phải có dạng 2022-2023", "must be like 2022-2023")
		}
		for i := range d.gradeYears {
			d.gradeYears[i] = schoolYearFrom(year - 2 + i)
		}
	}
	d.takeZone(doc.Timezone, p)
	d.takeWindows(doc.Windows, p)
	if p.need(driveFile, doc.Corrections, "corrections") {
		d.Corrections = d.instant(doc.Corrections, "corrections", p)
		if n := len(d.Windows); n > 0 && d.Corrections.Before(d.Windows[n-1].Closes) {
			p.bad(driveFile, doc.Corrections, "corrections", "phải không sớm hơn hạn của đợt cuối",
				"must not be before the close of the last window")
		}
	}
	d.takeRegulations(doc.Regulations, p)
	d.takeSeverities(doc.Severities, p)
	d.takeRules(doc.Rules, p)
	if p.need(driveFile, doc.Approval, "approval_required") {
		d.ApprovalRequired = readBool(doc.Approval, "approval_required", p)
	}
	if d.Registry = doc.Registry.Value; p.need(driveFile, doc.Registry, "registry") && d.Registry != RegistryLookup && d.Registry != RegistryVerify {
		p.bad(driveFile, doc.Registry, "registry", "phải là lookup hoặc verify", "must be lookup or verify")
	}
	d.takeAsking(doc.Asking, p)
	d.takeSchools(schools, p)
	if len(p.fields) == 0 {
		d.Digest = d.digest()
	}
	return d
}

func (d *Drive) takeZone(zone cell, p *problems) {
	d.location = time.UTC
	if !p.need(driveFile, zone, "timezone") {
		return
	}
	location, err := time.LoadLocation(zone.Value)
	if err != nil || zone.Value == "Local" {
		p.bad(driveFile, zone, "timezone", fmt.Sprintf("không có múi giờ %q", zone.Value), fmt.Sprintf("unknown time zone %q", zone.Value))
		return
	}
	d.location = location
}

// written writes an instant to the second, as instant reads it.
func (d *Drive) written(at time.Time) string {
	if at.Second() == 0 {
		return at.In(d.location).Format(clock)
	}
	return at.In(d.location).Format(clockSeconds)
}

// instant reads a moment to the minute or the second in the drive's time zone.
func (d *Drive) instant(c cell, key string, p *problems) time.Time {
	t, err := time.ParseInLocation(clock, c.Value, d.location)
	if err != nil {
		t, err = time.ParseInLocation(clockSeconds, c.Value, d.location)
	}
	if err != nil {
		p.bad(driveFile, c, key, "phải có dạng 2023-04-21 17:00", "must be like 2023-04-21 17:00")
	}
	return t
}

func (d *Drive) takeWindows(docs []windowDoc, p *problems) {
	if len(docs) == 0 {
		p.need(driveFile, cell{}, "windows")
	}
	d.byPart = map[student.Part]int{}
	ids := map[string]bool{}
	for i, doc := range docs {
		w := Window{ID: doc.ID.Value, Name: fault.Text{Vi: doc.Name.Vi.Value, En: doc.Name.En.Value}}
		key := fmt.Sprintf("windows[%d]", i)
		p.need(driveFile, doc.Name.Vi, key+".name.vi")
		p.need(driveFile, doc.Name.En, key+".name.en")
		if p.need(driveFile, doc.ID, key+".id") && (!token(w.ID) || ids[w.ID]) {
			p.bad(driveFile, doc.ID, key+".id", "phải khác các đợt trước và chỉ gồm chữ cái không dấu, chữ số, - và _",
				"must differ from those before and be letters a–z, digits, - and _")
		}
		ids[w.ID] = true
		if p.need(driveFile, doc.Closes, key+".closes") {
			w.Closes = d.instant(doc.Closes, key+".closes", p)
			if i > 0 && !w.Closes.After(d.Windows[i-1].Closes) {
				p.bad(driveFile, doc.Closes, key+".closes", "phải muộn hơn đợt trước", "must be later than the window before")
			}
		}
		if len(doc.Parts) == 0 {
			p.need(driveFile, cell{Line: doc.ID.Line}, key+".parts")
		}
		for _, c := range doc.Parts {
			part := student.Part(c.Value)
			if !part.Valid() {
				p.bad(driveFile, c, key+".parts", fmt.Sprintf("không có phần %q; các phần là %v", c.Value, student.Parts),
					fmt.Sprintf("unknown part %q; the parts are %v", c.Value, student.Parts))
				continue
			}
			if _, taken := d.byPart[part]; taken {
				p.bad(driveFile, c, key+".parts", fmt.Sprintf("phần %q đã có", c.Value), fmt.Sprintf("part %q is already in a window", c.Value))
				continue
			}
			d.byPart[part] = i
			w.Parts = append(w.Parts, part)
		}
		d.Windows = append(d.Windows, w)
	}
}

func (d *Drive) takeRegulations(docs []regulationDoc, p *problems) {
	for i, doc := range docs {
		key := fmt.Sprintf("regulations[%d]", i)
		if !p.need(driveFile, doc.Regulation, key+".regulation") {
			continue
		}
		if !slices.Contains(regulationCodes, doc.Regulation.Value) {
			p.bad(driveFile, doc.Regulation, key+".regulation", fmt.Sprintf("%q không phải một trong %v", doc.Regulation.Value, regulationCodes),
				fmt.Sprintf("%q is not one of %v", doc.Regulation.Value, regulationCodes))
		}
		r := regulation{code: doc.Regulation.Value, until: always}
		if doc.From.Value != "" {
			r.from = readYear(doc.From, key+".from", p)
		}
		if doc.Until.Value != "" {
			r.until = readYear(doc.Until, key+".until", p)
		}
		if doc.Advisory.Value != "" {
			r.advisory = readBool(doc.Advisory, key+".advisory", p)
		}
		if len(doc.Grades) == 0 || len(doc.Programmes) == 0 {
			p.need(driveFile, cell{Line: doc.Regulation.Line}, key+".grades, programmes")
		}
		for _, grade := range doc.Grades {
			for _, programme := range doc.Programmes {
				d.takeRegulation(r, grade, programme, key, p)
			}
		}
	}
}

// takeRegulation adds a row for one grade and programme; no two rows may answer one question.
func (d *Drive) takeRegulation(r regulation, grade, programme cell, key string, p *problems) {
	g, err := strconv.Atoi(grade.Value)
	if err != nil || g < 10 || g > 12 {
		p.bad(driveFile, grade, key+".grades", "phải là 10, 11 hoặc 12", "must be 10, 11 or 12")
	}
	r.grade, r.programme = g, student.Programme(programme.Value)
	if !validProgramme(r.programme) {
		p.bad(driveFile, programme, key+".programmes", fmt.Sprintf("không có chương trình %q", programme.Value),
			fmt.Sprintf("unknown programme %q", programme.Value))
	}
	for _, q := range d.regulations {
		if q.grade == r.grade && q.programme == r.programme && q.from <= r.until && r.from <= q.until {
			p.bad(driveFile, grade, key, fmt.Sprintf("trùng năm học với dòng khác của lớp %d, chương trình %s", r.grade, r.programme),
				fmt.Sprintf("another row has the same years for grade %d, programme %s", r.grade, r.programme))
			return
		}
	}
	d.regulations = append(d.regulations, r)
}

func (d *Drive) takeSeverities(severities map[string]cell, p *problems) {
	d.Severities = make(map[string]string, len(severities))
	for _, rule := range slices.Sorted(maps.Keys(severities)) {
		c := severities[rule]
		switch c.Value {
		case SeverityError, SeverityWarning, SeverityInfo, SeverityOff:
			d.Severities[rule] = c.Value
		default:
			p.bad(driveFile, c, "severities."+rule, "phải là error, warning, info hoặc off", "must be error, warning, info or off")
		}
	}
}

func readYear(c cell, key string, p *problems) int {
	year, ok := firstYear(c.Value)
	if !ok {
		p.bad(driveFile, c, key, "phải có dạng 2022-2023", "must be like 2022-2023")
	}
	return year
}

func readBool(c cell, key string, p *problems) bool {
	if c.Value != "true" && c.Value != "false" {
		p.bad(driveFile, c, key, "phải là true hoặc false", "must be true or false")
	}
	return c.Value == "true"
}
