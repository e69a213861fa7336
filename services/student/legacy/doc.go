// Package legacy recognises and converts Vietnamese text in the encodings of before Unicode: TCVN3 (fonts .VnTime), VNI and VIQR.
// Such bytes, read as Latin-1 by a spreadsheet of 2009, look like "NguyÔn V¨n Hïng", "Nguyeãn Vaên Huøng" or "Nguye^~n Va(n Hu`ng".
//
// The one rule a reader must not miss: one name is little to go by. Of judges a column, and what it finds is a proposal: nothing is
// converted in silence. Fonts of TCVN3 that end in H show the bytes of small letters as capitals: such text comes out in
// small letters.
//
// The tables are those of TCVN 5712:1993, VNI-Windows and RFC 1456, in tables.csv.
package legacy
