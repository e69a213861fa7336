package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// message is one message of MongoDB's wire protocol: a header of four little-endian numbers (its length, its id, the id that it answers, its kind)
// and what follows. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
type message []byte

const (
	headerSize = 16
	maxMessage = 48_000_000
	opMsg      = 2013

	// flags of OP_MSG
	checksumPresent = 1 << 0
	moreToCome      = 1 << 1
)

var errMessage = errors.New("not a message of MongoDB's wire protocol")

// read reads one message.
func read(r io.Reader) (message, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head)
	if size < headerSize || size > maxMessage {
		return nil, errMessage
	}
	m := make(message, size)
	copy(m, head)
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

func (m message) number(at int) uint32 { return binary.LittleEndian.Uint32(m[at:]) }

// isMsg reports whether it is an OP_MSG that starts with a command; the rest are greetings of old.
func (m message) isMsg() bool {
	return len(m) > headerSize+5 && m.number(12) == opMsg && m[headerSize+4] == 0
}

// flags of an OP_MSG.
func (m message) flags() uint32 { return m.number(headerSize) }

// unanswered reports whether its sender wants no answer.
func (m message) unanswered() bool { return m.isMsg() && m.flags()&moreToCome != 0 }

// body is the command, or the answer, of an OP_MSG; nil when there is none.
func (m message) body() bson.Raw {
	if !m.isMsg() {
		return nil
	}
	rest := m[headerSize+5:]
	if len(rest) < 4 || uint64(binary.LittleEndian.Uint32(rest)) > uint64(len(rest)) {
		return nil
	}
	return bson.Raw(rest[:binary.LittleEndian.Uint32(rest)])
}

// command is the name of the command.
func (m message) command() string {
	first, err := m.body().IndexErr(0)
	if err != nil {
		return ""
	}
	return first.Key()
}

// idle are the commands that touch no document.
var idle = map[string]bool{"": true, "hello": true, "isMaster": true, "ismaster": true, "ping": true, "buildInfo": true, "endSessions": true}

// touches reports whether it may read or write a document.
func (m message) touches() bool { return !idle[m.command()] }

// updates takes a command of many updates apart: one message for each. It gives nil for anything else.
func (m message) updates() []message {
	if m.command() != "update" || m.flags()&checksumPresent != 0 {
		return nil
	}
	head := m[:headerSize+5+len(m.body())]
	rest := m[len(head):]
	name := []byte("updates\x00")
	if len(rest) < 5+len(name) || rest[0] != 1 || int(binary.LittleEndian.Uint32(rest[1:])) != len(rest)-1 || !bytes.HasPrefix(rest[5:], name) {
		return nil
	}
	var out []message
	for docs := rest[5+len(name):]; len(docs) > 0; {
		if len(docs) < 5 {
			return nil
		}
		size := int(binary.LittleEndian.Uint32(docs))
		if size < 5 || size > len(docs) {
			return nil
		}
		one := append(bytes.Clone(head), 1)
		one = binary.LittleEndian.AppendUint32(one, uint32(4+len(name)+size))
		one = append(append(one, name...), docs[:size]...)
		binary.LittleEndian.PutUint32(one, uint32(len(one)))
		out, docs = append(out, one), docs[size:]
	}
	return out
}
