package main

import (
	"context"
	"errors"
	"net"
	"sync"
)

// gate is between the clients and the database. Each client has a connection of its own to the database; one command is under way over all of them.
type gate struct {
	upstream string
	one      sync.Mutex
}

// serve takes connections until the listener is closed.
func (g *gate) serve(ctx context.Context, l net.Listener) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	for {
		client, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		clients.Go(func() { g.client(ctx, client) })
	}
}

// client serves one connection; whatever goes wrong ends it, and its driver makes another.
func (g *gate) client(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()
	db, err := (&net.Dialer{Timeout: dialWithin}).DialContext(ctx, "tcp", g.upstream)
	if err != nil {
		return
	}
	defer func() { _ = db.Close() }()
	for {
		m, err := read(client)
		if err != nil {
			return
		}
		answer, err := g.pass(db, m)
		if err != nil {
			return
		}
		if answer == nil {
			continue
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

// pass takes a message through; its answer is nil when none is wanted.
func (g *gate) pass(db net.Conn, m message) (message, error) {
	if !m.touches() {
		return exchange(db, m)
	}
	if updates := m.updates(); len(updates) > 1 {
		return g.passEach(db, m, updates)
	}
	g.one.Lock()
	defer g.one.Unlock()
	return exchange(db, m)
}

// passEach takes a command of many updates through one by one, and others between them, and puts the answers together.
func (g *gate) passEach(db net.Conn, m message, updates []message) (message, error) {
	var sum result
	for i, u := range updates {
		g.one.Lock()
		answer, err := exchange(db, u)
		g.one.Unlock()
		if err != nil {
			return nil, err
		}
		if !sum.add(i, answer) {
			return answer, nil // the command as a whole was refused
		}
		if sum.stopped(m) {
			break
		}
	}
	return sum.answer(m)
}

// exchange sends a message and waits for its answer.
func exchange(db net.Conn, m message) (message, error) {
	if _, err := db.Write(m); err != nil {
		return nil, err
	}
	if m.unanswered() {
		return nil, nil
	}
	return read(db)
}
