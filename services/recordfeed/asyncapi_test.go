package recordfeed_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	// The messages that the description names.
	_ "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/student/wire"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

type reference struct {
	Ref string `yaml:"$ref"`
}

// asyncapi is what is checked of the description.
type asyncapi struct {
	Asyncapi string
	Info     struct{ Title, Version, Description string }
	Channels map[string]struct {
		Address, Summary, Description string
		Messages, Parameters          map[string]reference
	}
	Operations map[string]struct {
		Action, Summary string
		Channel         reference
		Messages        []reference
	}
	Components struct {
		Parameters, Schemas map[string]any
		Messages            map[string]struct {
			Name, Title, Summary string
			ContentType          string `yaml:"contentType"`
			Headers              struct {
				AllOf []struct {
					Properties map[string]struct{ Const string }
				} `yaml:"allOf"`
			}
			Payload struct {
				SchemaFormat string `yaml:"schemaFormat"`
				Schema       reference
			}
			Protobuf string `yaml:"x-protobuf"`
		}
	}
}

const description = "../../proto/asyncapi.yaml"

// internal are the types that the services tell each other: nobody outside relies on them.
var internal = map[string]bool{
	wire.TypeSubmission: true, wire.TypeDriveLoaded: true, wire.TypeBookOpened: true, wire.TypeSources: true, wire.TypeAcknowledged: true,
	wire.TypeSettled: true, wire.TypeRecheck: true, wire.TypeQuestion: true, wire.TypeWindows: true, wire.TypeUnlocks: true, wire.TypeDeclared: true,
	wire.TypeApproved: true, wire.TypeClaim: true, wire.TypeSample: true, wire.TypeProgress: true,
	wire.TypeSubscriberRemoved: true,
}

// typesOfWire reads the types of events from the source of package wire.
func typesOfWire(t *testing.T) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../student/wire/submission.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(v.Names[0].Name, "Type") && len(v.Values) == 1 {
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[text] = true
			}
		}
		return true
	})
	return out
}

// TestAsyncAPI holds the description against the log and the contracts: every address is a subject of a stream, every type and message is there,
// every type that is not internal is described, and every reference leads somewhere.
func TestAsyncAPI(t *testing.T) {
	data, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	var doc asyncapi
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Asyncapi != "3.0.0" || doc.Info.Title == "" || doc.Info.Version == "" || len(doc.Channels) == 0 || doc.Components.Schemas["cloudEvent"] == nil {
		t.Errorf("got %q, %q %q, %d channels", doc.Asyncapi, doc.Info.Title, doc.Info.Version, len(doc.Channels))
	}
	variable := regexp.MustCompile(`\{(\w+)\}`)
	for name, c := range doc.Channels {
		if _, err := eventlog.StreamFor(variable.ReplaceAllString(c.Address, "*")); err != nil {
			t.Errorf("channel %s: %v", name, err)
		}
		for _, v := range variable.FindAllStringSubmatch(c.Address, -1) {
			if ref := c.Parameters[v[1]].Ref; ref != "#/components/parameters/"+v[1] || doc.Components.Parameters[v[1]] == nil {
				t.Errorf("channel %s: the parameter %s refers to %q", name, v[1], ref)
			}
		}
		if c.Summary == "" || c.Description == "" || len(c.Messages) != 1 || len(c.Parameters) != strings.Count(c.Address, "{") {
			t.Errorf("channel %s: %+v", name, c)
		}
		for m, ref := range c.Messages {
			if _, ok := doc.Components.Messages[m]; !ok || ref.Ref != "#/components/messages/"+m {
				t.Errorf("channel %s: the message %s refers to %q", name, m, ref.Ref)
			}
		}
	}
	served := map[string]bool{}
	for name, o := range doc.Operations {
		channel := strings.TrimPrefix(o.Channel.Ref, "#/channels/")
		c, ok := doc.Channels[channel]
		if !ok || o.Action != "send" && o.Action != "receive" || len(o.Messages) != 1 || o.Summary == "" {
			t.Errorf("operation %s: %+v", name, o)
			continue
		}
		served[channel] = true
		if m, ok := strings.CutPrefix(o.Messages[0].Ref, o.Channel.Ref+"/messages/"); !ok || c.Messages[m].Ref == "" {
			t.Errorf("operation %s: refers to %q", name, o.Messages[0].Ref)
		}
	}
	if len(served) != len(doc.Channels) {
		t.Errorf("%d of %d channels have an operation", len(served), len(doc.Channels))
	}
	known, named := typesOfWire(t), map[string]bool{}
	for name, m := range doc.Components.Messages {
		for _, part := range m.Headers.AllOf {
			if kind := part.Properties["ce-type"].Const; kind != "" {
				named[kind] = true
				if !known[kind] || internal[kind] {
					t.Errorf("message %s: the type %q is not one that others rely on", name, kind)
				}
			}
		}
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(m.Protobuf))
		if err != nil {
			t.Errorf("message %s: %q: %v", name, m.Protobuf, err)
			continue
		}
		if want := "./" + d.ParentFile().Path(); m.Payload.Schema.Ref != want || m.Name != name || m.Title == "" || m.Summary == "" || m.ContentType != "application/protobuf" {
			t.Errorf("message %s: %+v, want the schema %s", name, m, want)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(description), m.Payload.Schema.Ref)); err != nil {
			t.Errorf("message %s: %v", name, err)
		}
	}
	for kind := range known {
		if !internal[kind] && !named[kind] {
			t.Errorf("the type %s is neither described nor internal", kind)
		}
	}
}
