package rpc

import (
	"fmt"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	intakev1 "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	studentv1 "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	_ "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/validation/v1"

	"github.com/rasoat/rasoat/services/internal/eventually"
)

func TestValidate(t *testing.T) {
	long := strings.Repeat("Ạ", 40)
	tests := []struct {
		name   string
		m      proto.Message
		path   string
		want   []string // path rule: en / vi
		remedy string   // of the first, in English
	}{
		{"good", goodRequest(), "", nil, ""},
		{"required", &intakev1.SubmitRequest{}, "", []string{"submission required: is missing / còn thiếu"}, "Fill it in and send again"},
		{"oneof", &studentv1.Record{}, "records[3]", []string{"records[3].content required: holds nothing / không có nội dung"},
			"Send exactly one of: enrolment, profile, results"},
		{"patterns and enum", &intakev1.Submission{Id: "a b", Drive: "d", Province: "", School: "s", Kind: 9}, "", []string{
			"id string.pattern: has 3 characters and is not of the right form / có 3 ký tự và không đúng dạng",
			"province string.pattern: is empty / còn trống",
			"kind enum.defined_only: is not a value that is used here / không phải là giá trị được dùng ở đây",
		}, `Write 1 to 64 unaccented letters, digits, "-" or "_"`},
		{"a profile in a batch", &studentv1.Record{Content: &studentv1.Record_Profile{Profile: &studentv1.Profile{
			Class: long, DateOfBirth: &studentv1.Date{Year: 1776, Month: 13}, Gender: 7,
		}}}, "records[0]", []string{
			"records[0].profile.code string.min_len: is empty / còn trống",
			"records[0].profile.class string.max_len: has 40 characters, at most 32 are allowed / có 40 ký tự, tối đa 32",
			"records[0].profile.date_of_birth.year int32.gte_lte: must be from 1900 to 2200 / phải từ 1900 đến 2200",
			"records[0].profile.date_of_birth.month int32.gte_lte: must be from 0 to 12 / phải từ 0 đến 12",
			"records[0].profile.gender enum.defined_only: is not a value that is used here / không phải là giá trị được dùng ở đây",
		}, "Fill it in and send again"},
		{"in and items", &studentv1.Results{Code: "c", Part: studentv1.Part_PART_PROFILE, Subjects: manySubjects(41)}, "r", []string{
			"r.part enum.in: is not a value that is used here / không phải là giá trị được dùng ở đây",
			"r.subjects repeated.max_items: has 41 entries, at most 40 are allowed / có 41 dòng, tối đa 40",
		}, "Choose one of: PART_RESULTS_10, PART_RESULTS_11, PART_RESULTS_12_1, PART_RESULTS_12_2"},
		{"not chosen, nested items", &studentv1.Results{Code: "c", Subjects: []*studentv1.Subject{{Code: "TOAN"}, {}}}, "", []string{
			"part enum.in: is not chosen / chưa được chọn",
			"subjects[1].code string.min_len: is empty / còn trống",
		}, "Choose one of: PART_RESULTS_10, PART_RESULTS_11, PART_RESULTS_12_1, PART_RESULTS_12_2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fields := Validate(tt.m, tt.path)
			var got []string
			for _, f := range fields {
				got = append(got, fmt.Sprintf("%s %s: %s / %s", f.Path, f.Rule, f.Text.En, f.Text.Vi))
				if f.Remedy.Vi == "" || f.Remedy.En == "" {
					t.Errorf("%s has no remedy in both languages", f.Path)
				}
				if all := fmt.Sprint(f); strings.Contains(all, long) || strings.Contains(all, "1776") {
					t.Errorf("tells the value: %s", all)
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if len(fields) > 0 && fields[0].Remedy.En != tt.remedy {
				t.Errorf("remedy %q, want %q", fields[0].Remedy.En, tt.remedy)
			}
		})
	}
}

func manySubjects(n int) []*studentv1.Subject {
	out := make([]*studentv1.Subject, n)
	for i := range out {
		out[i] = &studentv1.Subject{Code: "TOAN"}
	}
	return out
}

// TestEveryConstraintHasWords: a contract may only use constraints and patterns that people are told of in words.
func TestEveryConstraintHasWords(t *testing.T) {
	known := map[string]bool{
		"required": true, "ignore": true,
		"string.min_len": true, "string.max_len": true, "string.pattern": true,
		"enum.defined_only": true, "enum.in": true, "enum.not_in": true,
		"int32.gte": true, "int32.lte": true, "int64.gte": true, "int64.lte": true,
		"repeated.max_items": true, "repeated.min_items": true, "bytes.len": true, "bytes.max_len": true,
		"repeated.items.enum.defined_only": true, "repeated.items.enum.not_in": true,
		"repeated.items.string.max_len": true, "repeated.items.string.pattern": true,
	}
	var walk func(m protoreflect.MessageDescriptor)
	walk = func(m protoreflect.MessageDescriptor) {
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			rules, _ := proto.GetExtension(f.Options(), validate.E_Field).(*validate.FieldRules)
			for _, name := range ruleNames(rules.ProtoReflect(), "") {
				if !known[name] {
					t.Errorf("%s: no words for %s", f.FullName(), name)
				}
			}
			if p := rules.GetString().GetPattern(); p != "" && patternTexts[p].Vi == "" {
				t.Errorf("%s: no words for the pattern %s", f.FullName(), p)
			}
		}
		for i := range m.Messages().Len() {
			walk(m.Messages().Get(i))
		}
	}
	messages := contractMessages()
	if len(messages) < 50 {
		t.Fatalf("found only %d messages", len(messages))
	}
	for _, m := range messages {
		walk(m)
	}
}

func ruleNames(m protoreflect.Message, prefix string) []string {
	var names []string
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := prefix + string(f.Name())
		if f.Message() != nil && !f.IsList() {
			names = append(names, ruleNames(v.Message(), name+".")...)
		} else {
			names = append(names, name)
		}
		return true
	})
	return names
}

func TestUnaryRequestIsValidated(t *testing.T) {
	req := goodRequest()
	req.Submission.School = "no such form"
	_, err := start(t, &stub{}).intake(t).Submit(eventually.Context(t), req)
	assertField(t, err, "submission.school", "string.pattern")
}

func typicalResults() *studentv1.Results {
	mark := func() *studentv1.Score { return &studentv1.Score{MarkTenths: proto.Int32(85)} }
	term := func() *studentv1.Term {
		return &studentv1.Term{AverageTenths: proto.Int32(83), Rating: studentv1.Rating_RATING_EXCELLENT, Conduct: studentv1.Conduct_CONDUCT_GOOD}
	}
	r := &studentv1.Results{
		Code: "0100070112345", Class: "12A1", Part: studentv1.Part_PART_RESULTS_11, SchoolYear: "2021-2022",
		Programme: studentv1.Programme_PROGRAMME_UPPER_2006, SchoolStudied: "01000701", ForeignLanguage: "N1",
		Semester1: term(), Semester2: term(), Year: term(), School: "01000701",
	}
	for i := range 12 {
		r.Subjects = append(r.Subjects, &studentv1.Subject{
			Code: fmt.Sprintf("MON%d", i), Semester1: mark(), Semester2: mark(), Year: mark()})
	}
	return r
}

func typicalProfile() *studentv1.Profile {
	return &studentv1.Profile{
		Code: "0100070112345", Class: "12A1", FullName: "Synthetic Person", DateOfBirth: &studentv1.Date{Year: 2005, Month: 3, Day: 9},
		Gender: studentv1.Gender_GENDER_MALE, Ethnicity: "01", Nationality: "VN", School: "01000701",
		Identity:  &studentv1.Identity{Kind: studentv1.IdentityKind_IDENTITY_KIND_PERSONAL_ID, Number: "000000000000"},
		Residence: &studentv1.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: "2023-04"},
	}
}

func BenchmarkValidate(b *testing.B) {
	bad := typicalProfile()
	bad.Class, bad.Gender = strings.Repeat("x", 40), 9
	for name, m := range map[string]proto.Message{
		"results": &studentv1.Record{Content: &studentv1.Record_Results{Results: typicalResults()}},
		"profile": &studentv1.Record{Content: &studentv1.Record_Profile{Profile: typicalProfile()}},
		"bad":     &studentv1.Record{Content: &studentv1.Record_Profile{Profile: bad}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := Validate(m, "records[0]"); (len(got) > 0) != (name == "bad") {
					b.Fatal(got)
				}
			}
		})
	}
}
