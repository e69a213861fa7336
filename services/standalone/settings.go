package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/run"
	"github.com/rasoat/rasoat/services/standalone/demo"
	"github.com/rasoat/rasoat/services/standalone/folder"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// settings are the flags that up and demo share.
type settings struct {
	data, grpc, http, nats, registry string
	natsPort                         int
	waits                            node.Waits
	of                               folder.Sample // what the sample is made from
	said                             *pflag.FlagSet
}

func (s *settings) flags(f *pflag.FlagSet) {
	s.said = f
	f.StringVar(&s.data, "data", folder.Name, "folder of everything that is kept; made when it is not there")
	f.StringVar(&s.grpc, "grpc-listen", "127.0.0.1:7246", "address of every gRPC service; port 0 for any free one")
	f.StringVar(&s.http, "http-listen", "127.0.0.1:7247", "address of REST, metrics and probes; port 0 for any free one")
	f.StringVar(&s.nats, "nats-host", "127.0.0.1", "address of the embedded NATS server")
	f.IntVar(&s.natsPort, "nats-port", 4222, "port of the embedded NATS server; -1 for any free one")
	f.StringVar(&s.registry, "registry-listen", "127.0.0.1:0", "address of the sample's population registry; port 0 for any free one")
	f.DurationVar(&s.waits.Redelivery, "redelivery", 30*time.Second, "how long a message waits for a process that fell silent before it is delivered again")
	f.DurationVar(&s.waits.Lease, "lease", 5*time.Second, "how long the right to ask the registry outlives a process that fell silent")
	f.DurationVar(&s.waits.BreakerOpen, "breaker-open", 5*time.Second, "how long no question goes to a registry that failed three times in a row")
	f.Uint64Var(&s.of.Seed, "seed", 1, "seed of the sample; the same seed makes the same sample")
	f.IntVar(&s.of.Pupils, "pupils", 2000, "pupils of the sample")
	f.IntVar(&s.of.Faults, "faults", 30, "pupils in a thousand about whom something wrong is reported; 0 for none")
	f.BoolVar(&s.of.Approval, "approval", true, "the sample's provinces must approve before records are published")
}

// What a sample may have. All of it is played on one machine; the nation has about a million pupils in grade 12.
const (
	mostPupils = 2_000_000
	mostFaults = 1000
)

// check refuses, as wrong usage, a sample that cannot be made.
func (s *settings) check(c *cobra.Command) error {
	switch {
	case s.of.Pupils < 1 || s.of.Pupils > mostPupils:
		return commandline.Usage(c, fmt.Sprintf("--pupils phải từ 1 đến %d", mostPupils), fmt.Sprintf("--pupils is from 1 to %d", mostPupils))
	case s.of.Faults < 0 || s.of.Faults > mostFaults:
		return commandline.Usage(c, fmt.Sprintf("--faults phải từ 0 đến %d: số học sinh trong một nghìn", mostFaults),
			fmt.Sprintf("--faults is from 0 to %d: pupils in a thousand", mostFaults))
	}
	return nil
}

// sample makes the sample.
func (s *settings) sample() *demo.Sample {
	faults := s.of.Faults
	if faults == 0 {
		faults = -1
	}
	sample := demo.NewSample(s.of.Seed, s.of.Pupils, faults)
	if s.of.Approval {
		sample.AskApproval()
	}
	return sample
}

// adopt takes over the sample that the data folder holds. It fails with Invalid when a flag asks for another one: the
// pupils that the folder knows would be nobody's.
func (s *settings) adopt(kept folder.Sample, given *pflag.FlagSet) error {
	var wrong []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"seed", s.of.Seed == kept.Seed}, {"pupils", s.of.Pupils == kept.Pupils},
		{"faults", s.of.Faults == kept.Faults}, {"approval", s.of.Approval == kept.Approval},
	} {
		if given.Changed(f.name) && !f.same {
			wrong = append(wrong, "--"+f.name)
		}
	}
	if len(wrong) > 0 {
		flags := strings.Join(wrong, ", ")
		made := fmt.Sprintf("--seed %d --pupils %d --faults %d --approval=%t", kept.Seed, kept.Pupils, kept.Faults, kept.Approval)
		return fault.New(fault.Invalid, "standalone.sample",
			fmt.Sprintf("Thư mục %s giữ mẫu tạo bằng %s: bỏ %s, hoặc chọn thư mục khác bằng --data.", s.data, made, flags),
			fmt.Sprintf("the folder %s holds the sample of %s: leave out %s, or choose another folder with --data", s.data, made, flags))
	}
	s.of = kept
	return nil
}

// claim takes the data folder for this process, and checks that the addresses are free before anything is started. It
// fails with Unavailable, names everything that is taken at once, and says how this server could run beside the other.
func (s *settings) claim(command string) (*folder.Folder, error) {
	const op = "standalone.claim"
	program := "rasoat-standalone " + command
	var taken []fault.Field
	instead := map[string]string{}

	if err := node.Check(s.data); err != nil {
		return nil, err
	}
	f, err := folder.Open(s.data, program)
	var inUse *fault.Error
	switch {
	case errors.As(err, &inUse) && inUse.Kind == fault.Unavailable:
		taken = append(taken, fault.Field{Path: "--data", Rule: "IN_USE", Text: inUse.Text})
		instead["data"] = filepath.Join(s.data, "second")
	case err != nil:
		return nil, err
	}
	for _, a := range s.addresses() {
		l, err := run.Listen(a.flag, a.address)
		if err == nil {
			err = l.Close()
		}
		if err != nil && !fault.Is(err, fault.Unavailable) {
			return nil, closing(err, f)
		}
		if err != nil {
			taken = append(taken, fault.Field{Path: "--" + a.flag, Rule: "IN_USE", Text: fault.Text{
				Vi: "địa chỉ " + a.address + " đang được dùng", En: "the address " + a.address + " is in use"}})
			instead[a.flag] = a.free
		} else if inUse != nil && !s.said.Changed(a.flag) && a.address != a.free {
			instead[a.flag] = a.free // whoever has the folder may be about to take the address
		}
	}
	if len(taken) == 0 {
		return f, nil
	}
	beside := program + s.besides(instead)
	return nil, closing(&fault.Error{Kind: fault.Unavailable, Op: op, Fields: taken, Text: fault.Text{
		Vi: "Một chương trình khác đang giữ chỗ, có lẽ là demo hoặc up ở cửa sổ khác: dừng nó bằng Ctrl-C, hoặc chạy bên cạnh bằng " + beside,
		En: "another program is in the way, probably a demo or an up in another terminal: end it with Ctrl-C, or run beside it with " + beside,
	}}, f)
}

// besides writes the flags of a server that is like this one, but for those whose values are replaced.
func (s *settings) besides(instead map[string]string) string {
	var out strings.Builder
	s.said.VisitAll(func(f *pflag.Flag) {
		value, replaced := instead[f.Name]
		list, isList := f.Value.(pflag.SliceValue)
		switch {
		case replaced:
		case !f.Changed || f.Name == "help":
			return
		case isList:
			value = strings.Join(list.GetSlice(), ",")
		default:
			value = f.Value.String()
		}
		if f.Value.Type() != "int" {
			value = commandline.Quote(value) // a number below 0 is no path
		}
		between := " "
		if f.NoOptDefVal != "" {
			between = "=" // its value stands in the same word
		}
		out.WriteString(" --" + f.Name + between + value)
	})
	return out.String()
}
