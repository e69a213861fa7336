package access_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	_ "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/sandbox/v1"
	_ "github.com/rasoat/rasoat/proto/rasoat/validation/v1"
	"github.com/rasoat/rasoat/services/internal/access"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The scopes that requests are made of.
const (
	ownSchool     = "01/01000701"
	foreignSchool = "79/79000101"
)

// right is a line of testdata/rights.txt: what the people of the drive agreed on, written down apart from the table that decides.
type right struct {
	roles []string
	reach string // "scope": what the request names; "nation": everything, whatever it names; "role": nothing
}

func readRights(t *testing.T) map[string]right {
	t.Helper()
	text, err := os.ReadFile("testdata/rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]right{}
	service := ""
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case len(words) == 1:
			service = "/" + words[0] + "/"
		default:
			out[service+words[0]] = right{words[2:], words[1]}
		}
	}
	return out
}

// methods are all methods of rasoat, but for those of the population registry and of the sandbox, which are no services of ours to guard.
func methods() map[string]protoreflect.MethodDescriptor {
	out := map[string]protoreflect.MethodDescriptor{}
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		name := string(f.Package())
		if !strings.HasPrefix(name, "rasoat.") || strings.HasPrefix(name, "rasoat.registry.") || strings.HasPrefix(name, "rasoat.sandbox.") {
			return true
		}
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			for j := range s.Methods().Len() {
				out[fmt.Sprintf("/%s/%s", s.FullName(), s.Methods().Get(j).Name())] = s.Methods().Get(j)
			}
		}
		return true
	})
	return out
}

// TestEveryMethodHasRights: a method that somebody adds is refused until the table and testdata/rights.txt name it, and neither names what is gone.
func TestEveryMethodHasRights(t *testing.T) {
	rights, all := readRights(t), methods()
	if len(all) < 40 {
		t.Fatalf("only %d methods are linked", len(all))
	}
	for m := range all {
		var got []string
		for _, r := range access.RolesOf(m) {
			got = append(got, string(r))
		}
		if slices.Sort(got); len(got) == 0 || !slices.Equal(got, slices.Sorted(slices.Values(rights[m].roles))) {
			t.Errorf("%s: the table says %v, testdata/rights.txt %v", m, got, rights[m].roles)
		}
	}
	for m := range rights {
		if all[m] == nil {
			t.Errorf("testdata/rights.txt names %s, which does not exist", m)
		}
	}
}

// TestMatrix calls every method as every role, with a token of the own school, of the own province and of the nation, on the own school, a foreign
// one, the own province and the nation, over the network and through the interceptors of a real server.
func TestMatrix(t *testing.T) {
	issuer, verifier, err := access.Make(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, verifier)
	rights, all := readRights(t), methods()
	calls := 0
	for _, role := range access.Roles {
		for _, holds := range []string{ownSchool, "01", access.Nation} {
			conn, err := rpc.Dial(addr, rpc.WithToken(issuer.Source(access.Caller{Subject: "lan", Role: role, Scopes: []string{holds}})))
			if err != nil {
				t.Fatal(err)
			}
			for m, d := range all {
				for _, asked := range []string{ownSchool, foreignSchool, "01", ""} {
					req := request(d, asked)
					want := slices.Contains(rights[m].roles, string(role)) && reaches(rights[m].reach, holds, asked)
					err := call(t.Context(), conn, m, d, req)
					if got := err == nil || fault.Is(err, fault.Invalid); got != want || !got && !fault.Is(err, fault.Denied) {
						t.Errorf("%s as %s of %q on %q: got %v, want allowed %v", m, role, holds, asked, err, want)
					}
					calls++
				}
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	t.Logf("%d calls of %d methods", calls, len(all))
}

// reaches says by hand what a token of a scope may ask of a method.
func reaches(reach, holds, asked string) bool {
	switch {
	case reach == "role" || holds == access.Nation:
		return true
	case reach == "nation":
		return false
	case holds == "01":
		return asked == "01" || asked == ownSchool
	}
	return asked == ownSchool
}

// request makes a request on a scope, in each field in which requests have one; beside it, it is empty, and thus mostly not valid.
func request(d protoreflect.MethodDescriptor, scope string) proto.Message {
	province, school, _ := strings.Cut(scope, "/")
	m := dynamicpb.NewMessage(d.Input())
	set := func(m protoreflect.Message, field protoreflect.Name, value string) {
		switch f := m.Descriptor().Fields().ByName(field); {
		case f == nil:
		case f.IsList():
			m.Mutable(f).List().Append(protoreflect.ValueOfString(value))
		default:
			m.Set(f, protoreflect.ValueOfString(value))
		}
	}
	set(m, "scope", scope)
	set(m, "scopes", scope)
	where := protoreflect.Message(m)
	if f := d.Input().Fields().ByName("submission"); f != nil {
		where = m.Mutable(f).Message()
	}
	set(where, "province", province)
	set(where, "school", school)
	return m
}

// call makes one call, whether of a stream or not, and waits for its end.
func call(ctx context.Context, conn *grpc.ClientConn, method string, d protoreflect.MethodDescriptor, req proto.Message) error {
	ctx, cancel := context.WithTimeout(ctx, eventually.Patience)
	defer cancel()
	answer := dynamicpb.NewMessage(d.Output())
	if !d.IsStreamingClient() && !d.IsStreamingServer() {
		return conn.Invoke(ctx, method, req, answer)
	}
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(req); err != nil {
		return stream.RecvMsg(answer)
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(answer)
}

// serve runs a server whose methods all answer with an empty message.
func serve(t *testing.T, v *access.Verifier) string {
	t.Helper()
	s, err := rpc.New(rpc.Config{GRPCListen: "127.0.0.1:0", Access: v}, anything{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s.GRPCAddr()
}

// anything is a service of every method.
type anything struct{}

func (anything) Name() string                                                       { return "anything" }
func (anything) Gateway(context.Context, *runtime.ServeMux, *grpc.ClientConn) error { return nil }
func (anything) Run(ctx context.Context) error                                      { <-ctx.Done(); return nil }
func (anything) Register(r grpc.ServiceRegistrar) {
	services := map[string]*grpc.ServiceDesc{}
	for name, d := range methods() {
		service, method := name[1:strings.LastIndexByte(name, '/')], string(d.Name())
		desc := services[service]
		if desc == nil {
			desc = &grpc.ServiceDesc{ServiceName: service, HandlerType: (*any)(nil)}
			services[service] = desc
		}
		if d.IsStreamingClient() || d.IsStreamingServer() {
			desc.Streams = append(desc.Streams, grpc.StreamDesc{StreamName: method, ClientStreams: d.IsStreamingClient(), ServerStreams: d.IsStreamingServer(),
				Handler: func(_ any, stream grpc.ServerStream) error {
					if err := stream.RecvMsg(dynamicpb.NewMessage(d.Input())); err != nil {
						return err
					}
					return stream.SendMsg(dynamicpb.NewMessage(d.Output()))
				}})
			continue
		}
		desc.Methods = append(desc.Methods, grpc.MethodDesc{MethodName: method,
			Handler: func(_ any, ctx context.Context, decode func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
				req := dynamicpb.NewMessage(d.Input())
				if err := decode(req); err != nil {
					return nil, err
				}
				return chain(ctx, req, &grpc.UnaryServerInfo{FullMethod: name}, func(context.Context, any) (any, error) { return dynamicpb.NewMessage(d.Output()), nil })
			}})
	}
	for _, desc := range services {
		r.RegisterService(desc, struct{}{})
	}
}
