/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The boot sector: gives the guest flat segments and a stack, reads the sectors behind it from
 * the disk that it came from, and jumps. It knows nothing of what those do.
 */

    .intel_syntax noprefix
    .code16
    .section .boot, "ax"

    .global boot
boot:
    cli
    cld
    xor     ax, ax
    mov     ds, ax
    mov     es, ax
    mov     ss, ax
    mov     sp, 0x7c00
    sti
    jmp     0, offset boot_flat             /* some firmware enters at 07c0:0000 */

boot_flat:
    mov     si, offset boot_packet
    mov     ah, 0x42                        /* extended read; dl is still the boot disk */
    int     0x13
    jc      boot_failed
    jmp     main

boot_failed:
    mov     si, offset boot_error
1:  lodsb
    test    al, al
    jz      2f
    mov     ah, 0x0e
    mov     bx, 0x0007
    int     0x10
    jmp     1b
2:  hlt
    jmp     2b

boot_error:
    .asciz  "the guest's disk cannot be read"

    .balign 4
boot_packet:                                /* disk address packet of int 13h, ah=42h */
    .byte   16, 0
    .word   guest_sectors
    .word   0x7e00, 0
    .quad   1
