package run

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Settings are what an operator decides about a program. Each has one name, and is looked up in this order: the flag --nats-url, the variable
// RASOAT_NATS_URL in the environment (an empty one counts as absent), the key nats-url in the file of --config, the default.
//
// Declare the settings with String, Int and so on, then Parse. Every program has --config and --print-config besides.
type Settings struct {
	Program  string     // "intake"
	About    fault.Text // what it is, in a sentence
	Prefix   string     // of its variables: "RASOAT"
	Examples []string   // command lines
	Notes    []string   // what is to be said below the list

	list   []*setting
	config string
	show   bool
}

// setting is one of them.
type setting struct {
	name, group string
	form        string // what a value is, in the list: "ADDRESS"
	help        string
	want        fault.Text // what a value has to be
	value       flag.Value
	tag         string // of its values in YAML
	fallback    string
	from        string // where the value is from
}

const fromDefault = "default"

// Group begins a group of settings in the list of them.
func (s *Settings) Group(name string) { s.list = append(s.list, &setting{group: name}) }

// String declares a text; form says what it is, in one word in capitals.
func (s *Settings) String(p *string, name, form, fallback, help string) {
	s.add(func(f *flag.FlagSet) { f.StringVar(p, name, fallback, help) }, setting{form: form, tag: "!!str"})
}

// Int declares a whole number.
func (s *Settings) Int(p *int, name string, fallback int, help string) {
	s.add(func(f *flag.FlagSet) { f.IntVar(p, name, fallback, help) }, setting{form: "N", tag: "!!int", want: wholeNumber})
}

// Uint64 declares a whole number that is not below zero.
func (s *Settings) Uint64(p *uint64, name string, fallback uint64, help string) {
	s.add(func(f *flag.FlagSet) { f.Uint64Var(p, name, fallback, help) }, setting{form: "N", tag: "!!int", want: wholeNumber})
}

// Duration declares a duration.
func (s *Settings) Duration(p *time.Duration, name string, fallback time.Duration, help string) {
	s.add(func(f *flag.FlagSet) { f.DurationVar(p, name, fallback, help) }, setting{form: "DURATION", tag: "!!str", want: duration})
}

// Bool declares a choice, of which the fallback is no.
func (s *Settings) Bool(p *bool, name, help string) {
	s.add(func(f *flag.FlagSet) { f.BoolVar(p, name, false, help) }, setting{tag: "!!bool", want: choice})
}

var (
	wholeNumber = fault.Text{Vi: "Giá trị phải là số nguyên.", En: "its value has to be a whole number"}
	duration    = fault.Text{Vi: "Giá trị phải là khoảng thời gian, ví dụ 25s.", En: "its value has to be a duration such as 25s"}
	choice      = fault.Text{Vi: "Giá trị phải là true hoặc false.", En: "its value has to be true or false"}
)

// add takes the name, the default and the way to read a value from the flag that declare makes.
func (s *Settings) add(declare func(*flag.FlagSet), one setting) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	declare(set)
	set.VisitAll(func(f *flag.Flag) {
		one.name, one.help, one.value, one.fallback, one.from = f.Name, f.Usage, f.Value, f.DefValue, fromDefault
	})
	s.list = append(s.list, &one)
}

// find returns a setting, or nil.
func (s *Settings) find(name string) *setting {
	for _, one := range s.list {
		if one.name == name && name != "" {
			return one
		}
	}
	return nil
}

// env is the variable of a setting.
func (s *Settings) env(name string) string {
	return s.Prefix + "_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// Parse reads the settings. It fails with Invalid, and names each setting that is wrong and where it came from: its flag, its variable, or the
// file and the line. With --help and --print-config it writes what was asked for and fails with flag.ErrHelp, which Main takes for an end.
func (s *Settings) Parse(args []string, out io.Writer) error {
	given := map[string]string{}
	flags := s.flags(given)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		s.writeHelp(out)
		return err
	case err != nil:
		return s.unknownFlag(err)
	case flags.NArg() > 0:
		return s.invalid([]fault.Field{{Path: "--", Rule: "config.argument",
			Text:   fault.Text{Vi: "Thừa tham số sau các thiết lập.", En: fmt.Sprintf("%d words stand behind the settings", flags.NArg())},
			Remedy: fault.Text{Vi: "Viết --thiết-lập=giá-trị.", En: "Write --setting=value; of a choice, --rebuild or --rebuild=false."}}})
	}
	if s.config == "" {
		s.config = os.Getenv(s.env("config"))
	}
	var wrong []fault.Field
	if s.config != "" {
		wrong = s.readFile(s.config)
	}
	for _, one := range s.list {
		if v := os.Getenv(s.env(one.name)); one.name != "" && v != "" {
			wrong = append(wrong, one.set(v, "environment "+s.env(one.name))...)
		}
		if v, ok := given[one.name]; ok {
			wrong = append(wrong, one.set(v, "flag --"+one.name)...)
		}
	}
	for _, one := range s.list {
		if one.name != "" && strings.Contains(one.value.String(), redacted) {
			wrong = append(wrong, fault.Field{Path: one.place(), Rule: "config.redacted",
				Text:   fault.Text{Vi: "Mật khẩu đã bị che bởi --print-config.", En: "its password was left out by --print-config"},
				Remedy: fault.Text{Vi: "Ghi lại mật khẩu, tốt nhất qua biến môi trường.", En: "Put it back, best in the environment: " + s.env(one.name) + "."}})
		}
	}
	if len(wrong) > 0 {
		return s.invalid(wrong)
	}
	if s.show {
		s.writeConfig(out)
		return flag.ErrHelp
	}
	return nil
}

// flags makes the set that reads the command line: into given, and --config and --print-config into s.
func (s *Settings) flags(given map[string]string) *flag.FlagSet {
	set := flag.NewFlagSet(s.Program, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.config, "config", "", "")
	set.BoolVar(&s.show, "print-config", false, "")
	for _, one := range s.list {
		keep := func(v string) error { given[one.name] = v; return nil }
		switch {
		case one.name == "":
		case one.tag == "!!bool":
			set.BoolFunc(one.name, "", keep)
		default:
			set.Func(one.name, "", keep)
		}
	}
	return set
}

// set takes a value from somewhere, or complains. It does not show the value, which may be a secret in the wrong place.
func (one *setting) set(v, from string) []fault.Field {
	if err := one.value.Set(v); err != nil {
		return []fault.Field{{Path: one.name + " (" + from + ")", Rule: "config.value", Text: one.want}}
	}
	one.from = from
	return nil
}

// place names a setting and where its value is from.
func (one *setting) place() string { return one.name + " (" + one.from + ")" }

// Wrong says that the value of a setting cannot be, with the error that came of it; of kind Invalid.
func (s *Settings) Wrong(name string, err error) error {
	one := s.find(name)
	if one == nil {
		return fault.Internalf("run.settings", "there is no setting %s: %w", name, err)
	}
	return fault.Wrap(fault.Invalid, "config: "+one.place(), err)
}

func (s *Settings) invalid(wrong []fault.Field) error {
	return &fault.Error{Kind: fault.Invalid, Op: "config", Fields: wrong, Text: fault.Text{
		Vi: "Cấu hình có chỗ sai.", En: fmt.Sprintf("the configuration of %s is wrong in %s", s.Program, count(len(wrong), "place", "places")),
	}}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
