package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func aLetter(sequence uint64, service, durable string) *pb.Letter {
	return &pb.Letter{Sequence: sequence, Service: service, Durable: durable, Stream: "SUBMISSIONS", Origin: 40 + sequence, Subject: "submission.profile.01.01000701.*",
		Type: "rasoat.submission.accepted.v1", Reason: "invalid: toy: cannot be decoded", Deliveries: 3, SetAsideAt: timestamppb.New(time.Now().Add(-90 * time.Minute))}
}

func TestDeadCommands(t *testing.T) {
	all := &lettersOfAll{letters: []*pb.Letter{aLetter(1, "validation", "v"), aLetter(2, "matching", "m"), aLetter(3, "matching", "m"), aLetter(4, "intake", "gone")}}
	validation, matching := &fakeProcess{all: all, durable: "v"}, &fakeProcess{all: all, durable: "m", broken: true}
	o := newOperators(t, map[string]*fakeProcess{"10.0.0.1:1": validation, "10.0.0.2:1": matching})
	server := []string{"--server", "validation=10.0.0.9:1|10.0.0.1:1,matching=10.0.0.2:1", "--lang", "en"} // the first is away
	run := func(code int, texts []string, args ...string) string {
		t.Helper()
		return o.want(code, texts, append(args, server...)...)
	}

	run(exitFine, []string{"Letter", "validation", "SUBMISSIONS", "41", "submission.profile.01.01000701.*", "1h30m", "cannot be decoded"}, "dead", "list")
	run(exitFine, []string{"Service, reader: matching, m", "SUBMISSIONS 42", "13 byte, 2 records", "abcd", "rasoat.x.v1.Y", "Settlement: open"}, "dead", "show", "2")
	run(exitInput, []string{"there is no such letter"}, "dead", "show", "9")
	run(exitInput, []string{"by its number"}, "dead", "show", "x")
	run(exitInput, nil, "dead", "show")

	file := filepath.Join(t.TempDir(), "payload")
	if out := run(exitFine, []string{"it is personal"}, "dead", "show", "2", "--payload", file); strings.Contains(out, "Nguyễn") {
		t.Errorf("the payload was printed: %s", out)
	}
	info, err := os.Stat(file)
	if data, _ := os.ReadFile(file); err != nil || info.Mode().Perm() != 0o600 || string(data) != "Nguyễn Văn A" {
		t.Errorf("the file: %v, %v, %q", info, err, data)
	}
	run(exitInput, []string{"is there already"}, "dead", "show", "2", "--payload", file)

	run(exitFindings, []string{"✗ 2  It failed again and stays open: cannot be decoded"}, "dead", "replay", "2")
	run(exitFine, []string{"✓ 1  replayed, lan", ": mended"}, "dead", "replay", "1", "--reason", "mended")
	run(exitFine, []string{"was settled before, nothing was done: replayed, lan"}, "dead", "replay", "1")
	run(exitUnavailable, []string{"✗ 4"}, "dead", "replay", "4") // perhaps that has it
	o.want(exitFindings, []string{"no process at --server has the reader gone (service intake)"}, "dead", "replay", "4", "--server", "10.0.0.1:1|10.0.0.2:1", "--lang", "en")
	matching.broken = false
	out := run(exitUnavailable, nil, "dead", "replay", "--all", "--json")
	var got []settled
	for line := range strings.Lines(out) {
		var s settled
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		got = append(got, s)
	}
	if len(got) != 3 || got[0].Letter != 2 || got[0].Outcome != "replayed" || got[1].Outcome != "replayed" || got[2].Outcome != "error" {
		t.Errorf("got %+v", got)
	}
	run(exitInput, []string{"--all"}, "dead", "replay")
	run(exitInput, []string{"--all"}, "dead", "replay", "2", "--all")

	run(exitInput, []string{"--reason"}, "dead", "drop", "4")
	run(exitFine, []string{"✓ 4  dropped, lan"}, "dead", "drop", "4", "--reason", "a trial")
	run(exitFine, []string{"was settled before"}, "dead", "drop", "4", "--reason", "again")
	run(exitInput, []string{"no such letter"}, "dead", "drop", "9", "--reason", "x")
	run(exitFine, []string{"There is no dead letter"}, "dead", "list")
	run(exitFine, []string{"There is no dead letter"}, "dead", "replay", "--all")
	run(exitFine, []string{`"outcome":"dropped"`, `"reason":"a trial"`}, "dead", "list", "--all", "--json")
	run(exitFine, []string{"dropped, lan", "a trial"}, "dead", "list", "--all")
	o.want(exitInput, []string{"Say which"}, "dead")
	o.want(exitUnavailable, nil, "dead", "list", "--server", "10.0.0.9:1")
}
