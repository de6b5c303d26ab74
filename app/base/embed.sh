#!/bin/sh
# embed.sh NAME FILE...: assembler text of the table `embedded_NAME` (base/embed.h) that holds the files.
set -eu
name=$1; shift
printf '\t.section .data.rel.ro,"aw"\n\t.balign 8\n\t.globl embedded_%s\nembedded_%s:\n' "$name" "$name"
i=0
for f; do
	printf '\t.quad .Ln%d, .Ld%d, .Le%d - .Ld%d\n' $i $i $i $i
	i=$((i + 1))
done
printf '\t.quad 0, 0, 0\n\t.section .rodata\n'
i=0
for f; do
	printf '.Ln%d:\t.asciz "%s"\n.Ld%d:\t.incbin "%s"\n.Le%d:\t.byte 0\n' $i "${f##*/}" $i "$f" $i
	i=$((i + 1))
done
printf '\t.section .note.GNU-stack,"",%%progbits\n'
