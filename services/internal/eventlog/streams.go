package eventlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// The names of the streams.
const (
	Portal      = "PORTAL"
	Receipts    = "RECEIPTS"
	Submissions = "SUBMISSIONS"
	Verdicts    = "VERDICTS"
	Identities  = "IDENTITIES"
	Questions   = "QUESTIONS"
	Decisions   = "DECISIONS"
	Records     = "RECORDS"
	Progress    = "PROGRESS"
	DeadLetters = "DEADLETTERS"
)

// Stream is one row of the table of streams.
type Stream struct {
	Name        string
	Description string
	Subjects    []string
	// Direct marks a table of states: the last message of a subject is what stands, and the one before it what stood until
	// then. It alone is read by direct get ("the last of each of these subjects, up to this sequence"), which any replica may
	// answer, and which may therefore be a moment old.
	Direct bool
}

// Streams is the whole log. Every row is kept on disk, without an age or a size at which messages
// would be dropped: a full log refuses new messages and never forgets old ones. Every row takes
// atomic batches.
var Streams = []Stream{
	{Name: Portal, Subjects: []string{"portal.submit.*.*"},
		Description: "submissions of portals that prefer messaging to RPC, not yet accepted"},
	{Name: Receipts, Subjects: []string{"portal.receipt.*.*"},
		Description: "the receipt or the refusal for each submission of PORTAL"},
	{Name: Submissions, Subjects: []string{"submission.*.*.*.*"},
		Description: "accepted batches; the last token is the submission's id and is taken once"},
	{Name: Verdicts, Subjects: []string{"verdict.*.*.*"},
		Description: "the findings of the rules, per record"},
	{Name: Identities, Subjects: []string{"identity.*.*"},
		Description: "the outcome of matching, per pupil"},
	{Name: Questions, Subjects: []string{"question.*.*.*"},
		Description: "open questions to the population registry, one pupil each"},
	{Name: Decisions, Subjects: []string{"decision.>"},
		Description: "what officers decided, and the digest of each drive that was loaded"},
	{Name: Records, Subjects: []string{"record.*"}, Direct: true,
		Description: "the verified record of each pupil, or its withdrawal: the last message of a pupil stands"},
	{Name: Progress, Subjects: []string{"progress.*", "reminder.*.*"}, Direct: true,
		Description: "how provinces stood hour by hour, and the reminders to schools"},
	{Name: DeadLetters, Subjects: []string{"dead.*.*"},
		Description: "messages that nobody could process, with the reason and their origin"},
}

// duplicateWindow is the shortest that the broker allows; zero would mean its default of two minutes.
// Nothing here relies on deduplication by message id: a stream whose state goes back and forth
// (verified, withdrawn, verified) would lose its last message to it. No message carries an id for it.
const duplicateWindow = 100 * time.Millisecond

// config is the row as the broker wants it.
func (s Stream) config(replicas int) jetstream.StreamConfig {
	cfg := jetstream.StreamConfig{
		Name:               s.Name,
		Description:        s.Description,
		Subjects:           s.Subjects,
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		Storage:            jetstream.FileStorage,
		Replicas:           max(replicas, 1),
		Duplicates:         duplicateWindow,
		AllowAtomicPublish: true,
	}
	cfg.AllowDirect = s.Direct
	return cfg
}

// Ensure creates the streams that are missing and compares the others with the table. It is safe to
// call from every service at every start, also at the same time.
//
// replicas is the number of copies of each stream; 0 takes an existing stream as it is and creates a
// missing one with one copy. A stream that exists with another configuration is an error of kind
// fault.Conflict that names each setting that differs: it is never changed, deleted or remade.
// Everything else is fault.Unavailable.
func Ensure(ctx context.Context, js jetstream.JetStream, replicas int) error {
	const op = "eventlog.ensure"
	for _, s := range Streams {
		want := s.config(replicas)
		stream, err := js.Stream(ctx, s.Name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = js.CreateStream(ctx, want)
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				// Somebody else made it in between, differently: compare what is there.
				stream, err = js.Stream(ctx, s.Name)
			}
		}
		if err != nil {
			return unavailable(op, fmt.Errorf("stream %s: %w", s.Name, err))
		}
		if differs := differences(stream.CachedInfo().Config, want, replicas > 0); len(differs) > 0 {
			return fault.Wrap(fault.Conflict, op, fault.New(fault.Conflict, op,
				fmt.Sprintf("Luồng %s đã có với cấu hình khác (%s). Hãy để người vận hành sửa cấu hình của luồng; chương trình không tự sửa hay xoá.",
					s.Name, strings.Join(differs, "; ")),
				fmt.Sprintf("stream %s exists with another configuration (%s); an operator has to mend it, it is never changed or deleted from here",
					s.Name, strings.Join(differs, "; "))))
		}
	}
	return nil
}

// differences lists the settings of a stream that would break a promise of the table. Settings that
// break none (a limit of bytes, compression, placement, a description) are the operator's own.
func differences(got, want jetstream.StreamConfig, replicas bool) []string {
	var out []string
	add := func(setting string, got, want any) {
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			out = append(out, fmt.Sprintf("%s is %s, must be %s", setting, g, w))
		}
	}
	subjects := func(in []string) []string { return slices.Sorted(slices.Values(in)) }

	add("subjects", subjects(got.Subjects), subjects(want.Subjects))
	add("retention", got.Retention, want.Retention)
	add("storage", got.Storage, want.Storage)
	add("discard", got.Discard, want.Discard)
	add("max_age", got.MaxAge, want.MaxAge)
	add("max_msgs_per_subject", max(got.MaxMsgsPerSubject, 0), want.MaxMsgsPerSubject)
	add("allow_atomic", got.AllowAtomicPublish, want.AllowAtomicPublish)
	add("allow_direct", got.AllowDirect, want.AllowDirect)
	add("no_ack", got.NoAck, false)
	add("sealed", got.Sealed, false)
	add("mirror", got.Mirror != nil, false)
	add("sources", len(got.Sources), 0)
	add("subject_transform", got.SubjectTransform != nil, false)
	if replicas {
		add("num_replicas", got.Replicas, want.Replicas)
	}
	return out
}

// StreamFor returns the name of the stream that holds a subject, or every subject that a filter can
// match. It fails with fault.Invalid when no stream does.
func StreamFor(filter string) (string, error) {
	for _, s := range Streams {
		for _, subject := range s.Subjects {
			if covers(subject, filter) {
				return s.Name, nil
			}
		}
	}
	return "", fault.New(fault.Invalid, "eventlog.stream",
		"Chủ đề không thuộc luồng nào của hệ thống.",
		fmt.Sprintf("no stream holds the subject %q", filter))
}

// covers reports whether every subject that the filter matches is also matched by pattern.
func covers(pattern, filter string) bool {
	p, f := strings.Split(pattern, "."), strings.Split(filter, ".")
	for i, token := range p {
		switch {
		case token == ">":
			return len(f) > i
		case i >= len(f), f[i] == ">":
			return false
		case token != "*" && token != f[i]:
			return false
		}
	}
	return len(p) == len(f)
}
