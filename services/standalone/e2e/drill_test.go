package e2e

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	intakepb "github.com/rasoat/rasoat/proto/rasoat/intake/v1"
	matchingpb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/sandbox/registry"
	"github.com/rasoat/rasoat/services/standalone/node"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// The drill: a city's flood and a few small provinces before a registry that answers 200 pupils a second at most.
const (
	drillNation = 15_000
	drillPupils = 1300
	drillQuota  = 200
	drillCall   = 10
	drillCalls  = 16 // the most calls at once
)

// TestRegistryDrill has 1,300 pupils wait for a registry that comes back from an absence, is slow, fails, answers nonsense and answers about other
// people, asks for patience and goes away again. No more is asked than its quota, no outcome is wrong, nothing is lost, small provinces do not wait for
// the city, and grade entry notices nothing.
func TestRegistryDrill(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := start(t, options{seed: 31, pupils: drillNation, faults: 30, change: func(c *node.Config) {
		c.Drive.Asking.PerSecond, c.Drive.Asking.PerCall = drillQuota, drillCall
	}})
	well := registry.Behaviour{QuestionsPerSecond: drillQuota}
	s.registry.SetBehaviour(registry.Behaviour{Away: true})
	flood := s.floodOf(drillPupils)
	for _, sub := range flood.submissions {
		s.send(ctx, t, sub)
	}
	answers := s.watchAnswers(ctx, t)
	asked := 0 // those about whom the registry is asked
	for i := range flood.pupils {
		if o := s.nation.Expected(i).Outcome; o != sandbox.NotApplicable && o != sandbox.NeedsPerson || s.nation.Expected(i).Cause == "full_name/soft_iy" {
			asked++
		}
	}
	wait(ctx, t, "every question waits, and the registry is known to be away", func() bool {
		q := s.queue(ctx, t)
		return q.GetWaiting() == int64(asked) && q.GetRegistry() == matchingpb.RegistryState_REGISTRY_STATE_AWAY && s.metric(t, "rasoat_registry_breaker") >= "1"
	})

	grades := s.enterGrades(ctx, t, flood.classes)
	if grades.judged() == 0 {
		t.Error("no grades were judged while the registry was away")
	}
	quiet := grades.latencies()

	// It comes back. The small provinces are done in their fair share of the answers, or twice that.
	within := s.budget(drillQuota, drillCall)
	s.registry.SetBehaviour(well)
	fair := fairShares(flood.byProvince)
	small := slices.DeleteFunc(slices.Collect(maps.Keys(flood.byProvince)), func(p string) bool { return p == flood.city })
	slices.Sort(small)
	wait(ctx, t, "the small provinces are done", func() bool { return answers.done(small) })
	for _, p := range small {
		at, share := answers.last(p), fair[p]
		t.Logf("province %s: %d pupils, the last was answer %d; fair share %d", p, flood.byProvince[p], at, share)
		if at > 2*share+drillCalls*drillCall { // calls that overtake each other
			t.Errorf("province %s was done with answer %d, want at most twice its fair share of %d", p, at, share)
		}
	}
	within(t)

	for _, trouble := range []struct {
		name string
		registry.Behaviour
		answers int
	}{
		{"slow", registry.Behaviour{Delay: 400 * time.Millisecond}, 100},
		{"failing", registry.Behaviour{FailingPerMille: 300}, 100},
		{"malformed answers", registry.Behaviour{MalformedPerMille: 300}, 100},
		{"answers about other people", registry.Behaviour{OtherPersonPerMille: 300}, 100},
	} {
		trouble.QuestionsPerSecond = drillQuota
		s.registry.SetBehaviour(trouble.Behaviour)
		from := answers.count()
		wait(ctx, t, trouble.name, func() bool { return answers.count() >= from+trouble.answers })
	}

	// It grants less than was agreed, for a while.
	over := s.counters().OverLimit
	s.registry.SetBehaviour(registry.Behaviour{QuestionsPerSecond: drillQuota / 5})
	wait(ctx, t, "the registry asks for patience", func() bool { return s.counters().OverLimit >= over+3 })
	s.registry.SetBehaviour(registry.Behaviour{Away: true})
	wait(ctx, t, "the breaker opens", func() bool { return s.metric(t, "rasoat_registry_breaker") == "2" })
	during := s.enterGrades(ctx, t, flood.classes)
	s.registry.SetBehaviour(well)

	wait(ctx, t, "everybody is answered", func() bool { return answers.done(append(small, flood.city)) })
	s.settle(ctx, t)
	within(t)
	for i := range flood.pupils {
		want, got := s.nation.Expected(i), answers.of(s.ref(i))
		if got == nil || got.GetOutcome() != outcomeOf(want.Outcome) || causesOf(got) != want.Cause {
			t.Errorf("pupil %d (%q): got %s %s, want %s %s", i, want.Fault, got.GetOutcome(), causesOf(got), want.Outcome, want.Cause)
		}
	}
	if q := s.queue(ctx, t); q.GetWaiting()+q.GetRechecks() != 0 || q.GetRegistry() != matchingpb.RegistryState_REGISTRY_STATE_WELL {
		t.Errorf("the queue at the end: %d, %d, %s", q.GetWaiting(), q.GetRechecks(), q.GetRegistry())
	}
	t.Logf("%d answers; grade entry, from submission to verdict: median %v with the registry away at first, %v with it away again", answers.count(), median(quiet), median(during.latencies()))
}

// flood is what is sent of a nation: most of a city, and classes of small provinces.
type flood struct {
	city        string
	pupils      map[int]bool
	byProvince  map[string]int // about whom the registry is asked or not
	submissions []*intakepb.Submission
	classes     []classOf
}

type classOf struct {
	school sandbox.SchoolRange
	sandbox.ClassRange
}

// floodOf takes a class of each of ten provinces, and the rest from the largest.
func (s *system) floodOf(pupils int) *flood {
	f := &flood{pupils: map[int]bool{}, byProvince: map[string]int{}}
	sizes := map[string]int{}
	for _, school := range s.nation.Schools() {
		sizes[school.Province] += school.End - school.First
	}
	for p, n := range sizes {
		if n > sizes[f.city] || n == sizes[f.city] && p < f.city {
			f.city = p
		}
	}
	take := func(i int, school sandbox.SchoolRange, classes int) {
		for _, class := range s.nation.Classes(i)[:classes] {
			if len(f.pupils) >= pupils {
				return
			}
			var records []student.Record
			for k := class.First; k < class.End; k++ {
				p, _ := s.nation.ReportedProfile(k)
				f.pupils[k] = true
				f.byProvince[school.Province]++
				records = append(records, profileRecord(p))
			}
			f.submissions = append(f.submissions, s.submission(school, id("drill", class.Name), student.KindProfile, records...))
			f.classes = append(f.classes, classOf{school, class})
		}
	}
	for i, school := range s.nation.Schools() {
		if school.Province != f.city && f.byProvince[school.Province] == 0 && len(f.byProvince) < 10 {
			take(i, school, 1)
		}
	}
	last := len(f.submissions)
	for i, school := range s.nation.Schools() {
		if school.Province == f.city {
			take(i, school, len(s.nation.Classes(i)))
		}
	}
	for i, school := range s.nation.Schools() { // where the city is not large enough
		if school.Province != f.city && f.byProvince[school.Province] == 0 {
			take(i, school, len(s.nation.Classes(i)))
		}
	}
	f.submissions = append(f.submissions[last:], f.submissions[:last]...) // the small provinces come when the city waits already
	return f
}

// budget returns what fails a test when more was asked since then than the quota allows. On a slow machine less is asked, and that is allowed.
func (s *system) budget(quota, call int) func(*testing.T) {
	before, began := s.counters().Asked, time.Now()
	return func(t *testing.T) {
		t.Helper()
		asked, most := s.counters().Asked-before, int64(time.Since(began).Seconds()*float64(quota))+int64(call)
		if asked > most {
			t.Errorf("%d questions were asked where the quota allows %d", asked, most)
		}
	}
}

// fairShares tells how many answers there would be when each province is done, if all who still wait had the same share at every moment.
func fairShares(waiting map[string]int) map[string]int {
	out := map[string]int{}
	for p, own := range waiting {
		for _, n := range waiting {
			out[p] += min(n, own)
		}
	}
	return out
}

// answers follows what matching learns.
type answers struct {
	mu     sync.Mutex
	got    map[string]*matchingpb.Judgement
	judged map[string]int
	at     map[string]int // how many answers there were with the newest of a province
}

// watchAnswers follows IDENTITIES from its start.
func (s *system) watchAnswers(ctx context.Context, t *testing.T) *answers {
	t.Helper()
	a := &answers{got: map[string]*matchingpb.Judgement{}, judged: map[string]int{}, at: map[string]int{}}
	js, err := jetstream.New(s.Conn())
	if err != nil {
		t.Fatal(err)
	}
	c, err := js.OrderedConsumer(ctx, eventlog.Identities, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	consume, err := c.Consume(func(m jetstream.Msg) {
		ev := new(matchingpb.IdentitiesJudged)
		if err := proto.Unmarshal(m.Data(), ev); err != nil {
			t.Error(err)
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, j := range ev.GetJudgements() {
			before := a.got[j.GetPupil()]
			if j.GetOutcome() == matchingpb.Outcome_OUTCOME_WAITING && before != nil {
				continue
			}
			if j.GetOutcome() != matchingpb.Outcome_OUTCOME_WAITING && (before == nil || before.GetOutcome() == matchingpb.Outcome_OUTCOME_WAITING) {
				a.judged[j.GetProvince()]++
				a.at[j.GetProvince()] = a.sum()
			}
			a.got[j.GetPupil()] = j
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(consume.Stop)
	return a
}

func (a *answers) of(pupil string) *matchingpb.Judgement {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.got[pupil]
}

func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sum()
}

func (a *answers) sum() int {
	sum := 0
	for _, n := range a.judged {
		sum += n
	}
	return sum
}

// done reports whether nobody of some provinces waits.
func (a *answers) done(provinces []string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, j := range a.got {
		if j.GetOutcome() == matchingpb.Outcome_OUTCOME_WAITING && slices.Contains(provinces, j.GetProvince()) {
			return false
		}
	}
	return len(a.got) > 0
}

func (a *answers) last(province string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at[province]
}

func (s *system) queue(ctx context.Context, t *testing.T) *matchingpb.GetQueueResponse {
	t.Helper()
	q, err := s.matching.GetQueue(ctx, &matchingpb.GetQueueRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func (s *system) counters() registry.Counters {
	_, n := s.registry.Behaviour()
	return n
}

// metric reads a metric without labels of its own; "" when it is not there.
func (s *system) metric(t *testing.T, name string) string {
	t.Helper()
	for line := range strings.SplitSeq(s.metrics(t), "\n") {
		if strings.HasPrefix(line, name+"{") || strings.HasPrefix(line, name+" ") {
			return line[strings.LastIndexByte(line, ' ')+1:]
		}
	}
	return ""
}

func (s *system) metrics(t *testing.T) string {
	t.Helper()
	_, text := do(context.Background(), t, http.MethodGet, "http://"+s.HTTPAddr()+"/metrics", nil)
	return text
}

func outcomeOf(o sandbox.Outcome) matchingpb.Outcome {
	return matchingpb.Outcome(matchingpb.Outcome_value["OUTCOME_"+strings.ToUpper(string(o))])
}

func causesOf(j *matchingpb.Judgement) string {
	var out []string
	for _, c := range j.GetCauses() {
		out = append(out, strings.ToLower(strings.TrimPrefix(c.GetField().String(), "FIELD_"))+"/"+c.GetKind())
	}
	return strings.Join(out, " ")
}

// grades is how grade entry went.
type grades struct{ took []time.Duration }

// enterGrades sends the results of some classes, one after another, and waits for the verdict on each.
func (s *system) enterGrades(ctx context.Context, t *testing.T, classes []classOf) *grades {
	t.Helper()
	g := &grades{}
	s.round++
	for _, c := range classes[:8] {
		var records []student.Record
		for k := c.First; k < min(c.End, c.First+10); k++ {
			for _, r := range s.nation.Pupil(k).Results[:1] {
				records = append(records, student.Record{Part: r.Part, Results: &r})
			}
		}
		before := s.lastSequence(ctx, t, eventlog.Verdicts)
		began := time.Now()
		s.send(ctx, t, s.submission(c.school, id("grades", s.round, c.Name), student.KindResults, records...))
		wait(ctx, t, "the grades are judged", func() bool { return s.lastSequence(ctx, t, eventlog.Verdicts) > before })
		g.took = append(g.took, time.Since(began))
	}
	return g
}

func (g *grades) judged() int                { return len(g.took) }
func (g *grades) latencies() []time.Duration { return g.took }

func median(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[len(d)/2]
}
