package eventlog

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// Letter is a dead letter: a message that nobody could process.
type Letter struct {
	Sequence        uint64 // its place in DEADLETTERS, by which it is named
	Service         string
	Stream, Durable string
	Origin          uint64 // the sequence of the message in its stream
	Subject, Type   string // of the message
	Delivered       uint64
	Reason          string      // in English, without anything personal
	Stored          time.Time   // when it was set aside
	Settled         *Settlement // nil while it is open
}

// Settlement is how a letter ended. The letter itself stays.
type Settlement struct {
	Sequence uint64
	Outcome  string // Replayed or Dropped
	By       string // the account
	Why      string
	At       time.Time
}

// The outcomes of a settlement.
const (
	Replayed = "replayed"
	Dropped  = "dropped"
)

// TypeDeadLetterSettled is the type of a settlement. It stands in DEADLETTERS on the subject of its letter, and its headers say all of it.
const TypeDeadLetterSettled = "rasoat.deadletter.settled.v1"

// The headers of a settlement.
const (
	headerSettledLetter  = "rasoat-settled-letter"
	headerSettledOutcome = "rasoat-settled-outcome"
	headerSettledBy      = "rasoat-settled-by"
	headerSettledWhy     = "rasoat-settled-why" // quoted, in ASCII
)

// Letters returns all dead letters of every service, in the order in which they were set aside. It fails with fault.Unavailable.
func (l *Log) Letters(ctx context.Context) ([]Letter, error) {
	b := &l.letters
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchUp(ctx, l); err != nil {
		return nil, err
	}
	out := make([]Letter, 0, len(b.letters))
	for _, letter := range b.letters {
		out = append(out, *letter)
	}
	slices.SortFunc(out, func(a, b Letter) int { return cmp.Compare(a.Sequence, b.Sequence) })
	return out, nil
}

// OpenLetters counts the dead letters that nobody has settled.
func (l *Log) OpenLetters(ctx context.Context) (int, error) {
	letters, err := l.Letters(ctx)
	n := 0
	for _, letter := range letters {
		if letter.Settled == nil {
			n++
		}
	}
	return n, err
}

// Letter returns one dead letter. It fails with fault.NotFound for a sequence that is none, and with fault.Unavailable.
func (l *Log) Letter(ctx context.Context, sequence uint64) (Letter, error) {
	letter, _, err := l.letter(ctx, sequence)
	return letter, err
}

// letter returns a letter and the last sequence of its subject.
func (l *Log) letter(ctx context.Context, sequence uint64) (Letter, uint64, error) {
	b := &l.letters
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchUp(ctx, l); err != nil {
		return Letter{}, 0, err
	}
	letter, ok := b.letters[sequence]
	if !ok {
		return Letter{}, 0, fault.New(fault.NotFound, "eventlog.letter", fmt.Sprintf("Không có thư chết số %d; rasoat dead list --all liệt kê tất cả.", sequence),
			fmt.Sprintf("there is no dead letter %d; rasoat dead list --all lists all of them", sequence))
	}
	return *letter, b.last[letter.subject()], nil
}

// subject is where a letter and its settlement stand.
func (l Letter) subject() string { return "dead." + l.Service + "." + l.Stream }

// DropLetter settles a letter without processing its message; already says that it was settled before, and that nothing was done. The errors
// are those of Letter.
func (l *Log) DropLetter(ctx context.Context, sequence uint64, by, why string) (letter Letter, already bool, err error) {
	letter, already, err = l.settle(ctx, sequence, Settlement{Outcome: Dropped, By: by, Why: why})
	if err == nil && !already {
		l.logger.InfoContext(ctx, "a dead letter was dropped", slog.Uint64("letter", sequence), slog.String("by", by))
	}
	return letter, already, err
}

// LetterMessage returns the message of a dead letter as it stands in its stream. That a person gets to see its payload, with everything personal, is logged
// where by names one. It fails with fault.NotFound when the stream no longer has it, and with fault.Unavailable.
func (l *Log) LetterMessage(ctx context.Context, letter Letter, by string) (Message, error) {
	m, err := l.Read(ctx, letter.Stream, letter.Origin)
	if err == nil && by != "" {
		l.logger.InfoContext(ctx, "the payload of a dead letter was handed out", slog.Uint64("letter", letter.Sequence), slog.String("to", by))
	}
	return m, err
}

// settle appends a settlement, on condition that nothing was appended to the subject since the letter was seen to be open: so of two who settle
// it at once one does.
func (l *Log) settle(ctx context.Context, sequence uint64, s Settlement) (Letter, bool, error) {
	for {
		letter, last, err := l.letter(ctx, sequence)
		if err != nil || letter.Settled != nil {
			return letter, err == nil, err
		}
		ev := settlement(letter, s)
		ev.ExpectLast = &Expect{Sequence: last}
		_, err = l.Append(ctx, ev)
		if err != nil && !fault.Is(err, fault.Conflict) {
			return letter, false, err
		}
		if err == nil {
			letter, err = l.Letter(ctx, sequence)
			return letter, false, err
		}
	}
}

// letterBook is what the dead letters and their settlements say up to a sequence. It is read on from there when somebody asks; the payloads are
// left at the broker.
type letterBook struct {
	mu      sync.Mutex
	upTo    uint64
	letters map[uint64]*Letter
	last    map[string]uint64 // the last sequence of each subject
}

// catchUp reads what was appended since. The caller holds the lock.
func (b *letterBook) catchUp(ctx context.Context, l *Log) error {
	const op = "eventlog.letters"
	head, _, err := l.Head(ctx, DeadLetters)
	if err != nil {
		return fault.Wrap("", op, err)
	}
	if head < b.upTo || b.letters == nil { // another log than before
		b.upTo, b.letters, b.last = 0, map[uint64]*Letter{}, map[string]uint64{}
	}
	if head == b.upTo {
		return nil
	}
	headersOnly := func(c *jetstream.ConsumerConfig) { c.HeadersOnly = true }
	err = l.follow(ctx, op, DeadLetters, nil, b.upTo+1, head, func(m Message) error {
		b.take(m)
		return nil
	}, headersOnly)
	if err == nil {
		b.upTo = head
	}
	return err
}

// take reads one message; what a newer program wrote there is left alone. Taking it twice changes nothing, and of two settlements the first stands.
func (b *letterBook) take(m Message) {
	b.last[m.Subject] = m.Sequence
	number := func(header string) uint64 {
		n, _ := strconv.ParseUint(m.Header.Get(header), 10, 64) // 0 for one that is none: no message has that sequence
		return n
	}
	switch m.Type {
	case TypeDeadLetter:
		if b.letters[m.Sequence] != nil {
			return
		}
		b.letters[m.Sequence] = &Letter{
			Sequence: m.Sequence, Service: m.Token(1), Stream: m.Header.Get(HeaderDeadStream), Durable: m.Header.Get(HeaderDeadDurable),
			Origin: number(HeaderDeadSequence), Subject: m.Header.Get(HeaderDeadSubject), Type: m.Header.Get(HeaderDeadType),
			Delivered: number(HeaderDeadDelivered), Reason: m.Header.Get(HeaderDeadReason), Stored: m.Stored,
		}
	case TypeDeadLetterSettled:
		if letter := b.letters[number(headerSettledLetter)]; letter != nil && letter.Settled == nil {
			why, err := strconv.Unquote(m.Header.Get(headerSettledWhy))
			if err != nil {
				why = ""
			}
			letter.Settled = &Settlement{
				Sequence: m.Sequence, Outcome: m.Header.Get(headerSettledOutcome), By: m.Header.Get(headerSettledBy), Why: why, At: m.Stored,
			}
		}
	}
}
