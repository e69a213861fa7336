package main

import (
	"encoding/binary"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// result is the answer to a command of many updates.
type result struct {
	n, modified int32
	upserted    bson.A
	refused     bson.A
}

// add adds the answer to update i. It says no when that is no answer of an update, but the refusal of the command.
func (r *result) add(i int, answer message) bool {
	var one struct {
		OK       float64  `bson:"ok"`
		N        int32    `bson:"n"`
		Modified int32    `bson:"nModified"`
		Upserted []bson.D `bson:"upserted"`
		Refused  []bson.D `bson:"writeErrors"`
	}
	if err := bson.Unmarshal(answer.body(), &one); err != nil || one.OK != 1 {
		return false
	}
	r.n += one.N
	r.modified += one.Modified
	for _, u := range one.Upserted {
		r.upserted = append(r.upserted, numbered(u, i))
	}
	for _, e := range one.Refused {
		r.refused = append(r.refused, numbered(e, i))
	}
	return true
}

// numbered returns an element with the place of its update in the command.
func numbered(d bson.D, i int) bson.D {
	for k := range d {
		if d[k].Key == "index" {
			d[k].Value = int32(i)
		}
	}
	return d
}

// stopped reports whether the command ends here: an ordered one does at the first update that is refused.
func (r *result) stopped(m message) bool {
	ordered, ok := m.body().Lookup("ordered").BooleanOK()
	return len(r.refused) > 0 && (ordered || !ok)
}

// answer makes the answer to a command.
func (r *result) answer(m message) (message, error) {
	doc := bson.D{{Key: "n", Value: r.n}, {Key: "nModified", Value: r.modified}}
	if len(r.upserted) > 0 {
		doc = append(doc, bson.E{Key: "upserted", Value: r.upserted})
	}
	if len(r.refused) > 0 {
		doc = append(doc, bson.E{Key: "writeErrors", Value: r.refused})
	}
	body, err := bson.Marshal(append(doc, bson.E{Key: "ok", Value: float64(1)}))
	if err != nil {
		return nil, err
	}
	out := make(message, headerSize+5, headerSize+5+len(body))
	binary.LittleEndian.PutUint32(out, uint32(cap(out)))
	binary.LittleEndian.PutUint32(out[8:], m.number(4))
	binary.LittleEndian.PutUint32(out[12:], opMsg)
	return append(out, body...), nil
}
