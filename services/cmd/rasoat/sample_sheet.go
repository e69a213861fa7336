package main

import (
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// sheetHeadings are the columns of the sheet: a row for each value that is held of a pupil.
var sheetHeadings = []string{"class", "pupil", "seen", "field", "held", "differs"}

// writeSheet writes what is held of a sample.
func writeSheet(out io.Writer, resp *reportingpb.DrawSampleResponse) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil { // so that spreadsheets read it as UTF-8
		return err
	}
	w := csv.NewWriter(out)
	_ = w.Write(sheetHeadings) // Error reports what failed
	for _, p := range resp.GetPupils() {
		for _, v := range valuesOf(p) {
			_ = w.Write([]string{p.GetClass(), p.GetPupil(), hex.EncodeToString(p.GetSeen()), v.path, plain(v.text), ""})
		}
	}
	w.Flush()
	return w.Error()
}

// plain keeps a spreadsheet from taking what somebody typed for a formula.
func plain(s string) string {
	if strings.ContainsAny(s[:min(1, len(s))], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

// readSheet reads the result of a comparison: the fields of each pupil in whose row something stands under "differs".
func (a *app) readSheet(c *cobra.Command, path string) ([]*reportingpb.Compared, error) {
	rows, err := a.csvRows(c, path, "pupil", "seen", "field", "differs")
	if err != nil {
		return nil, err
	}
	var out []*reportingpb.Compared
	at := map[string]*reportingpb.Compared{}
	for i, row := range rows {
		one := at[row["pupil"]]
		if one == nil {
			seen, err := hex.DecodeString(row["seen"])
			if err != nil || row["pupil"] == "" {
				return nil, usage(c, fmt.Sprintf("Dòng %d của phiếu không đúng dạng", i+2), fmt.Sprintf("Row %d is no row of a sheet", i+2))
			}
			one = &reportingpb.Compared{Pupil: row["pupil"], Seen: seen}
			at[row["pupil"]], out = one, append(out, one)
		}
		if row["differs"] != "" {
			one.Differing = append(one.Differing, row["field"])
		}
	}
	if len(out) == 0 {
		return nil, usage(c, "Phiếu không có dòng nào", "The sheet has no row")
	}
	return out, nil
}

// value is one thing that is held of a pupil.
type value struct{ path, text string }

// valuesOf gives what is held of a pupil, value by value: "full_name", "results_10.subjects[TOAN].year".
func valuesOf(p *reportingpb.SampledPupil) []value {
	var out []value
	for _, r := range p.GetRecords() {
		record := r.GetPersonal()
		switch {
		case record.GetEnrolment() != nil:
			out = append(out, leaves("enrolment.", record.GetEnrolment().ProtoReflect())...)
		case record.GetProfile() != nil:
			out = append(out, leaves("", record.GetProfile().ProtoReflect())...)
		case record.GetResults() != nil:
			part := strings.ReplaceAll(string(wire.FromPart(record.GetResults().GetPart())), "/", "_")
			out = append(out, leaves(part+".", record.GetResults().ProtoReflect())...)
		}
	}
	return out
}

// leaves gives the values of a message in the order of the contract.
func leaves(prefix string, m protoreflect.Message) []value {
	var out []value
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) || f.Name() == "part" {
			continue
		}
		path, v := prefix+string(f.Name()), m.Get(f)
		switch {
		case f.IsList() && f.Message() != nil:
			for k := range v.List().Len() {
				item := v.List().Get(k).Message()
				name := strconv.Itoa(k)
				if s, ok := item.Interface().(*studentpb.Subject); ok {
					name = s.GetCode()
				}
				out = append(out, leaves(path+"["+name+"].", item)...)
			}
		case f.Message() != nil:
			if text, ok := written(v.Message().Interface()); ok {
				out = append(out, value{path, text})
			} else {
				out = append(out, leaves(path+".", v.Message())...)
			}
		case f.Enum() != nil:
			out = append(out, value{path, enumName(f.Enum(), v.Enum())})
		case strings.HasSuffix(string(f.Name()), "_tenths"):
			out = append(out, value{path, tenths(int32(v.Int()))})
		case f.Name() != "code" || prefix == "": // the code of a pupil once; that of a subject stands in the path
			out = append(out, value{path, v.String()})
		}
	}
	return out
}

// written writes dates and marks as they stand on paper.
func written(m proto.Message) (string, bool) {
	switch m := m.(type) {
	case *studentpb.Date:
		text := fmt.Sprintf("%04d", m.GetYear())
		if m.GetMonth() > 0 {
			text = fmt.Sprintf("%s-%02d-%02d", text, m.GetMonth(), m.GetDay())
		}
		return text, true
	case *studentpb.Score:
		switch {
		case m.MarkTenths != nil:
			return tenths(m.GetMarkTenths()), true
		case m.GetExempt():
			return "M", true
		}
		return enumName(m.GetComment().Descriptor(), m.GetComment().Number()), true
	}
	return "", false
}

// tenths writes a mark in tenths: 81 is "8.1".
func tenths(n int32) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

// enumName gives the name of a value without that of its type: "FEMALE".
func enumName(d protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	v := d.Values().ByNumber(n)
	if v == nil {
		return strconv.Itoa(int(n))
	}
	zero := string(d.Values().Get(0).Name())
	return strings.TrimPrefix(string(v.Name()), strings.TrimSuffix(zero, "UNSPECIFIED"))
}
