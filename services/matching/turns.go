package matching

import "time"

// Lane is where a question stands in the queue: first questions come before re-checks, the nearest deadline comes first, and provinces take
// turns.
type Lane struct {
	Again    bool // a re-check
	Deadline time.Time
	Province string
}

// line is what takes turns: a province's first questions, or its re-checks, which must not hold up the former.
type line struct {
	province string
	again    bool
}

// Turn is a wish to ask about some pupils at once.
type Turn struct {
	Lane
	Pupils int

	start float64 // virtual time
	order int
}

// Turns is the queue of those who wish to ask. Among equals by kind and deadline it is start-time fair queuing (Goyal, Vin and Cheng 1996):
// a province's questions are spread as if each province had its own, equally fast, line to the registry, so that a city's flood does not hold
// up a mountain province. It is not safe for concurrent use.
type Turns struct {
	waiting []*Turn
	finish  map[line]float64 // virtual
	now     float64          // the virtual time: the start of the turn served last
	order   int
}

// Enter queues a wish.
func (q *Turns) Enter(l Lane, pupils int) *Turn {
	if q.finish == nil {
		q.finish = map[line]float64{}
	}
	q.order++
	of := line{l.Province, l.Again}
	t := &Turn{Lane: l, Pupils: pupils, start: max(q.now, q.finish[of]), order: q.order}
	q.finish[of] = t.start + float64(pupils)
	q.waiting = append(q.waiting, t)
	return t
}

// Next returns the wish whose turn it is and leaves it in the queue; nil when nobody waits.
func (q *Turns) Next() *Turn {
	var best *Turn
	for _, t := range q.waiting {
		if best == nil || t.before(best) {
			best = t
		}
	}
	return best
}

// before orders two wishes.
func (t *Turn) before(o *Turn) bool {
	switch {
	case t.Again != o.Again:
		return !t.Again
	case !t.Deadline.Equal(o.Deadline):
		return t.Deadline.Before(o.Deadline)
	case t.start != o.start:
		return t.start < o.start
	}
	return t.order < o.order
}

// Leave takes a wish out of the queue; served says that it had its turn.
func (q *Turns) Leave(t *Turn, served bool) {
	for i, w := range q.waiting {
		if w == t {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			break
		}
	}
	if served {
		q.now = max(q.now, t.start)
	}
	if len(q.waiting) == 0 {
		// Nobody is behind anybody any more.
		clear(q.finish)
		q.now = 0
	}
}
