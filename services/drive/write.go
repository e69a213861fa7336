package drive

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// digest is the canonical form of everything the drive says: comments, order of keys and line ends of its
// files do not matter, and every value does.
func (d *Drive) digest() string {
	sum := newDigest()
	sum.put("drive", d.ID, d.Name, d.SchoolYear, d.Version, d.location.String())
	sum.put("windows", strconv.Itoa(len(d.Windows)))
	for _, w := range d.Windows {
		sum.put(w.ID, w.Name.Vi, w.Name.En, w.Closes.UTC().Format(time.RFC3339), strconv.Itoa(len(w.Parts)))
		for _, p := range w.Parts {
			sum.put(string(p))
		}
	}
	sum.put("corrections", d.Corrections.UTC().Format(time.RFC3339))
	sum.put("regulations", strconv.Itoa(len(d.regulations)))
	for _, r := range d.sortedRegulations() {
		sum.put(r.code, strconv.Itoa(r.grade), string(r.programme), strconv.Itoa(r.from), strconv.Itoa(r.until), strconv.FormatBool(r.advisory))
	}
	sum.put("severities", strconv.Itoa(len(d.Severities)))
	for _, rule := range slices.Sorted(maps.Keys(d.Severities)) {
		sum.put(rule, d.Severities[rule])
	}
	sum.put("rules", strconv.Itoa(len(d.Rules)))
	for _, r := range d.Rules {
		sum.put(r.Code, strconv.Itoa(r.Version), r.Severity, string(r.Kind), r.Field, r.When, r.Holds, r.Text.Vi, r.Text.En, r.Remedy.Vi, r.Remedy.En, r.Source)
	}
	sum.put("approval_required", strconv.FormatBool(d.ApprovalRequired), "registry", d.Registry)
	sum.put(d.Asking.canonical()...)
	sum.put("schools", strconv.Itoa(len(d.Schools)))
	for _, s := range d.Schools {
		sum.put(s.Code, s.Name, s.Kind, s.Province, strconv.Itoa(s.Expected))
	}
	sum.put("catalogue", d.Catalogue.Date, d.Catalogue.Digest)
	return sum.hex()
}

func (d *Drive) sortedRegulations() []regulation {
	return slices.SortedFunc(slices.Values(d.regulations), func(a, b regulation) int {
		return strings.Compare(a.sortKey(), b.sortKey())
	})
}

func (r regulation) sortKey() string {
	return fmt.Sprintf("%s %s %04d %d", r.code, r.programme, r.from, r.grade)
}

// document returns the drive as its file says it.
func (d *Drive) document() document {
	doc := document{
		ID: cell{Value: d.ID}, Name: cell{Value: d.Name}, SchoolYear: cell{Value: d.SchoolYear}, Version: cell{Value: d.Version},
		Timezone: cell{Value: d.location.String()}, Corrections: cell{Value: d.written(d.Corrections)},
		Severities: map[string]cell{}, Approval: cell{Value: strconv.FormatBool(d.ApprovalRequired)},
		Registry: cell{Value: d.Registry}, Asking: d.Asking.document(), Catalogue: cell{Value: d.Catalogue.Name},
	}
	for _, w := range d.Windows {
		wd := windowDoc{ID: cell{Value: w.ID}, Closes: cell{Value: d.written(w.Closes)}}
		wd.Name.Vi.Value, wd.Name.En.Value = w.Name.Vi, w.Name.En
		for _, p := range w.Parts {
			wd.Parts = append(wd.Parts, cell{Value: string(p)})
		}
		doc.Windows = append(doc.Windows, wd)
	}
	for _, r := range d.sortedRegulations() {
		rd := regulationDoc{
			Regulation: cell{Value: r.code},
			Grades:     []cell{{Value: strconv.Itoa(r.grade)}}, Programmes: []cell{{Value: string(r.programme)}},
		}
		if r.from > 0 {
			rd.From.Value = schoolYearFrom(r.from)
		}
		if r.until != always {
			rd.Until.Value = schoolYearFrom(r.until)
		}
		if r.advisory {
			rd.Advisory.Value = "true"
		}
		doc.Regulations = append(doc.Regulations, rd)
	}
	for rule, severity := range d.Severities {
		doc.Severities[rule] = cell{Value: severity}
	}
	for _, r := range d.Rules {
		c := func(s string) cell { return cell{Value: s} }
		doc.Rules = append(doc.Rules, ruleDoc{
			Code: c(r.Code), Version: c(strconv.Itoa(r.Version)), Kind: c(string(r.Kind)), Severity: c(r.Severity), Field: c(r.Field), When: c(r.When),
			Holds: c(r.Holds), Message: textDoc{c(r.Text.Vi), c(r.Text.En)}, Remedy: textDoc{c(r.Remedy.Vi), c(r.Remedy.En)}, Source: c(r.Source),
		})
	}
	return doc
}

// WriteDir writes the drive as a folder that LoadDir reads back with the same Digest. Files of that name
// are replaced; comments of the folder it was loaded from are not kept. Its errors are Unavailable.
func (d *Drive) WriteDir(dir string) error {
	const op = "drive.write"
	var head bytes.Buffer
	enc := yaml.NewEncoder(&head)
	enc.SetIndent(2)
	if err := enc.Encode(d.document()); err != nil {
		return fault.Internalf(op, "%w", err)
	}
	files := map[string][]byte{driveFile: head.Bytes(), schoolsFile: WriteSchools(d.Schools)}
	for name, raw := range d.Catalogue.files {
		files[filepath.Join(filepath.FromSlash(d.Catalogue.Name), name)] = raw
	}
	for name, raw := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			return fault.Wrap(fault.Unavailable, op, err)
		}
	}
	return nil
}

// WriteSchools returns a directory of schools as schools.csv has it.
func WriteSchools(schools []School) []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	_ = w.Write(schoolsHeader) // a bytes.Buffer does not fail
	for _, s := range schools {
		_ = w.Write([]string{s.Code, s.Name, s.Kind, s.Province, strconv.Itoa(s.Expected)})
	}
	w.Flush()
	return buf.Bytes()
}
