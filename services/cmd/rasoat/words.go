package main

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
)

// Here the code words of the contracts become words for people: parts, fields, windows, sources. No command words one
// itself; JSON keeps the code words.

// part names a part.
func (a *app) part(p studentpb.Part) string { return a.say(wire.FromPart(p).Text()) }

// parts lists parts by their names; none means all of them.
func (a *app) parts(parts []studentpb.Part) string {
	if len(parts) == 0 {
		return a.text("mọi phần", "all")
	}
	return a.say(partsText(parts))
}

func partsText(parts []studentpb.Part) fault.Text {
	vi, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range slices.Sorted(slices.Values(parts)) {
		t := wire.FromPart(p).Text()
		vi[i], en[i] = t.Vi, t.En
	}
	return fault.Text{Vi: strings.Join(vi, ", "), En: strings.Join(en, ", ")}
}

// field names a field of a part.
func (a *app) field(path string) string { return a.say(validation.FieldText(a.catalogue(), path)) }

// fieldOf names a part and a field of it.
func (a *app) fieldOf(p studentpb.Part, path string) string {
	part, field := wire.FromPart(p).Text(), validation.FieldText(a.catalogue(), path)
	if path == "" {
		return a.say(part)
	}
	return a.say(fault.Text{Vi: part.Vi + ", " + field.Vi, En: part.En + ", " + field.En})
}

// named puts the name of the field before a complaint of the contract, which does not have it: "Lớp còn trống".
func named(c *drive.Catalogue, path, rule string, said fault.Text) fault.Text {
	if field := validation.FieldText(c, path); path != "" && ruleCode(rule) == "" {
		return fault.Text{Vi: upper(field.Vi + " " + said.Vi), En: upper(field.En + " " + said.En)}
	}
	return said
}

// ruleCode is the code of a rule behind its sentence. A constraint of the contract, like string.min_len, has none for
// people.
func ruleCode(rule string) string {
	if rule != strings.ToUpper(rule) {
		return ""
	}
	return "  [" + rule + "]"
}

// catalogue returns the catalogue of the drive that the command line knows, nil without one.
func (a *app) catalogue() *drive.Catalogue {
	if a.known == nil {
		d, err := a.drive()
		if err != nil {
			return nil // codes say it then
		}
		a.known = d.Catalogue
	}
	return a.known
}

// source names where a part comes from.
func (a *app) source(s intakepb.Source) string {
	if s == intakepb.Source_SOURCE_WORKBOOK {
		return a.text("bảng tính", "workbook")
	}
	return a.text("phần mềm của trường", "school portal")
}

// titles names a window, by the title that the drive of the services gives it, up to its colon: "Đợt 1". A window whose
// title cannot be had is named by its code.
type titles map[string]fault.Text

func (t titles) of(window string) fault.Text {
	if title, ok := t[window]; ok {
		return title
	}
	return fault.Text{Vi: "Đợt " + window, En: "Window " + window}
}

// lower begins a name as it stands within a sentence.
func lower(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// upper begins a sentence.
func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// titles asks the services for the titles of the windows.
func (a *app) titles(ctx context.Context, scope string) titles {
	if a.json {
		return nil
	}
	conn, err := a.connect()
	if err != nil {
		return nil
	}
	defer func() { _ = conn.Close() }() // the answer is in
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	d, err := intakepb.NewWindowServiceClient(conn).GetDrive(ctx, &intakepb.GetDriveRequest{Scope: scope})
	if err != nil {
		return nil // the list is as good as it was
	}
	out := titles{}
	for _, w := range d.GetWindows() {
		vi, _, _ := strings.Cut(w.GetNameVi(), ":")
		en, _, _ := strings.Cut(w.GetNameEn(), ":")
		if vi != "" && en != "" {
			out[w.GetWindow()] = fault.Text{Vi: vi, En: en}
		}
	}
	return out
}
