// Package rows lays the verified records out in columns, for tables that are read with SQL, a spreadsheet or a script:
// one row a pupil, and one a pupil and grade for the results.
//
// The one rule that a reader must not miss: names and order of the columns are a contract with everybody who queries a
// table. None is renamed; a table that has other columns is refused, with the way out ([OtherLayout]), and never read by
// position.
//
// Units: a mark and an average are a decimal number from 0 to 10 with one digit after the point (8.5). A subject without
// marks has a word instead: Đ (passed), CĐ (not passed), Miễn (exempt). Codes are texts and keep their zeros. A birth
// date is yyyy-mm-dd, or yyyy where only the year is known. Times are RFC 3339 with the offset of Vietnam.
package rows
