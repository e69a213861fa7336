package server

import (
	"context"
	"encoding/base32"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	registrypb "github.com/rasoat/rasoat/proto/rasoat/registry/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
)

const (
	// purpose is what every call says that it is for.
	purpose = "1246/BGDĐT-CNTT"
	// callWithin bounds one call.
	callWithin = 20 * time.Second
	// triesOfNonsense is how often a call is made whose answer makes no sense, before each pupil is asked about alone; with failuresToOpen it keeps
	// one pupil whom the registry cannot answer from opening the circuit breaker, and lets a registry that makes no sense at all open it.
	triesOfNonsense = 2
)

// errNonsense is an answer that cannot be one to what was asked: it has another length, or is about other people. None of it is believed.
var errNonsense = errors.New("the registry's answer is not one to the questions")

// errAlone is a senseless answer to a single question: it says something of the question, not of the registry.
var errAlone = errors.New("the registry's answer to one question makes no sense")

func isNonsense(err error) bool { return errors.Is(err, errNonsense) }

// claim is what a verification asks about.
type claim struct {
	number student.IDNumber
	name   student.Name
	born   student.Date
}

// lookup asks for the persons of some numbers, each once however often it stands there, in calls as large as the drive allows.
func (a *asker) lookup(ctx context.Context, lane matching.Lane, round int32, numbers []student.IDNumber) (map[student.IDNumber]matching.Answer, error) {
	out := make(map[student.IDNumber]matching.Answer, len(numbers))
	var ask []string
	for _, n := range numbers {
		if _, twice := out[n]; !twice {
			out[n] = matching.Answer{}
			ask = append(ask, n.Reveal())
		}
	}
	if len(ask) == 0 {
		return out, nil
	}
	err := a.call(ctx, lane, round, pb.Way_WAY_LOOKUP, ask, func(ctx context.Context, id string) error {
		resp, err := a.registry.Lookup(ctx, &registrypb.LookupRequest{RequestId: id, Purpose: purpose, IdNumbers: ask})
		if err != nil {
			return err
		}
		if len(resp.GetAnswers()) != len(ask) {
			return errNonsense
		}
		for i, answer := range resp.GetAnswers() {
			p := answer.GetPerson()
			if p != nil && p.GetIdNumber() != ask[i] {
				return errNonsense
			}
			out[student.IDNumber(ask[i])] = answerOf(answer)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for n, answer := range out {
		a.memory.put(n, answer)
	}
	return out, nil
}

// answerOf keeps of an answer what the comparison needs.
func answerOf(a *registrypb.LookupAnswer) matching.Answer {
	p := a.GetPerson()
	if p == nil {
		return matching.Answer{Cancelled: a.GetCancelled()}
	}
	out := matching.Particulars{
		Number: student.IDNumber(p.GetIdNumber()), FullName: student.Name(p.GetFullName()), BirthDate: wire.FromDate(p.GetDateOfBirth()),
		Gender: wire.FromGender(p.GetGender()),
	}
	if r := p.GetResidence(); r != nil {
		out.Residence = matching.PlaceOf(wire.FromResidence(r))
	}
	return matching.Answer{Person: &out}
}

// verify asks whether persons exist as described; an answer for each claim.
func (a *asker) verify(ctx context.Context, lane matching.Lane, round int32, claims []claim) ([]bool, error) {
	req := &registrypb.VerifyRequest{Purpose: purpose}
	keys := make([]string, len(claims))
	for i, c := range claims {
		req.Claims = append(req.Claims, &registrypb.Claim{IdNumber: c.number.Reveal(), FullName: c.name.Reveal(), DateOfBirth: wire.ToDate(c.born)})
		keys[i] = strings.Join([]string{c.number.Reveal(), c.name.Reveal(), c.born.Reveal()}, "|")
	}
	var out []bool
	err := a.call(ctx, lane, round, pb.Way_WAY_VERIFY, keys, func(ctx context.Context, id string) error {
		req.RequestId = id
		resp, err := a.registry.Verify(ctx, req)
		if err != nil {
			return err
		}
		if out = resp.GetExists(); len(out) != len(claims) {
			return errNonsense
		}
		return nil
	})
	return out, err
}

// call makes one call in its turn, and again when the answer makes no sense. Every failure of the registry is the one that means "try again": it is
// never the school's fault.
func (a *asker) call(ctx context.Context, lane matching.Lane, round int32, way pb.Way, questions []string, do func(ctx context.Context, id string) error) error {
	// The id is the same for the same questions within the hour, so that a call of which only the answer was lost is not counted twice.
	// A question that was put back is asked with another.
	about := append([]string{way.String(), a.now().UTC().Format("2006-01-02T15"), strconv.Itoa(int(round))}, questions...)
	for try := 1; ; try++ {
		done, err := a.gate.enter(ctx, lane, len(questions))
		if err != nil {
			return away(err)
		}
		attempt, cancel := context.WithTimeout(ctx, callWithin)
		began := a.now()
		err = do(attempt, base32.HexEncoding.EncodeToString(a.key.Values(append(about, strconv.Itoa(try))...)))
		cancel()
		if err != nil && ctx.Err() != nil {
			err = context.Canceled // ours, and no failure of the registry
		}
		if isNonsense(err) && len(questions) == 1 {
			done(errAlone)
		} else {
			done(err)
		}
		a.metrics.call(ctx, way, len(questions), a.now().Sub(began), err)
		switch {
		case err == nil:
			return nil
		case !isNonsense(err):
			a.logger.WarnContext(ctx, "the population registry gives no answer", slog.Any("error", err))
			return away(err)
		case try == triesOfNonsense:
			return err
		}
	}
}

// away is the failure that has the loop keep its questions in hand and try again.
func away(err error) error {
	return &fault.Error{Kind: fault.Unavailable, Op: "matching.registry", Err: err, Text: fault.Text{
		Vi: "CSDL quốc gia về dân cư chưa trả lời; sẽ tự hỏi lại.", En: "the population registry gives no answer; it will be asked again",
	}}
}

// memory remembers what lookups gave for a while, in this process alone: it is other people's data.
type memory struct {
	life time.Duration
	now  func() time.Time

	mu      sync.Mutex
	answers map[student.IDNumber]remembered
	before  map[student.IDNumber]remembered // the generation before, looked at and not written to
}

type remembered struct {
	matching.Answer
	at time.Time
}

// maxRemembered is how many answers a generation has.
const maxRemembered = 20_000

func newMemory(life time.Duration, now func() time.Time) *memory {
	return &memory{life: life, now: now, answers: map[student.IDNumber]remembered{}}
}

func (m *memory) get(n student.IDNumber) (matching.Answer, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.answers[n]
	if !ok {
		r, ok = m.before[n]
	}
	return r.Answer, ok && m.now().Sub(r.at) < m.life
}

func (m *memory) put(n student.IDNumber, a matching.Answer) {
	if m.life <= 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.answers) >= maxRemembered {
		m.before, m.answers = m.answers, make(map[student.IDNumber]remembered, maxRemembered)
	}
	m.answers[n] = remembered{a, m.now()}
}
