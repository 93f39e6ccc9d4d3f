/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest: greets, then sleeps until a key or the power button wakes it. Decides what a key
 * means; how text, keys and power reach the hardware is told in console.s and power.s.
 */

    .intel_syntax noprefix
    .code16

    .set    TICK_VECTOR, 0x1c               /* the firmware calls it 18.2 times a second */

    .text

    .global main
main:
    cli
    mov     word ptr [TICK_VECTOR * 4], offset main_tick
    mov     word ptr [TICK_VECTOR * 4 + 2], 0
    call    console_start
    call    power_start
    sti
    mov     si, offset text_greeting
    call    console_puts

main_loop:
    call    console_key
    test    al, al
    jnz     main_key
    cmp     byte ptr [power_pressed], 0
    jne     main_button
    sti                                     /* takes effect after hlt has begun: no lost wake-up */
    hlt
    jmp     main_loop

main_button:
    mov     byte ptr [power_pressed], 0
    sti
    mov     si, offset text_button
    call    console_puts
    call    key_power_off
    jmp     main_loop

main_key:
    sti
    mov     si, offset keys
1:  cmp     byte ptr [si], 0
    je      2f
    cmp     al, [si]
    je      2f
    add     si, 3
    jmp     1b
2:  call    word ptr [si + 1]
    jmp     main_loop

main_tick:
    inc     dword ptr cs:[ticks]
    iret

key_help:
    mov     si, offset text_help
    jmp     console_puts

/* One tick is 65536 / 1193182 of a second, which is 54925 microseconds. */
key_uptime:
    mov     si, offset text_uptime
    call    console_puts
    mov     eax, [ticks]
    mov     ebx, 54925
    mul     ebx
    mov     ebx, 1000000
    div     ebx
    call    console_putn
    mov     si, offset text_seconds
    call    console_puts
    mov     eax, [ticks]
    call    console_putn
    mov     si, offset text_ticks
    jmp     console_puts

/* Int 15h, ax=e801h: KiB from 1 to 16 MiB in ax, blocks of 64 KiB above that in bx. */
key_memory:
    xor     eax, eax
    xor     ebx, ebx
    mov     ax, 0xe801
    int     0x15
    movzx   eax, ax
    movzx   ebx, bx
    shl     ebx, 6
    lea     eax, [eax + ebx + 1024]
    mov     si, offset text_memory
    call    console_puts
    call    console_putn
    mov     si, offset text_kib
    jmp     console_puts

key_reboot:
    mov     si, offset text_reboot
    call    console_puts
    jmp     power_reset

key_power_off:
    mov     si, offset text_power_off
    call    console_puts
    call    power_off
    mov     si, offset text_no_power
    jmp     console_puts

key_panic:
    call    power_panic
    mov     si, offset text_no_panic
    jmp     console_puts

/* Who types at a line-wise terminal sends an Enter after each key. */
key_enter:
    ret

key_unknown:
    mov     si, offset text_unknown
    jmp     console_puts

    .section .rodata

    .macro  key character, handler
    .byte   \character
    .word   \handler
    .endm

keys:
    key     'h', key_help
    key     't', key_uptime
    key     'i', key_memory
    key     'r', key_reboot
    key     'p', key_power_off
    key     'q', key_power_off
    key     'c', key_panic
    key     13, key_enter
    key     10, key_enter
    key     0, key_unknown

text_greeting:
    .ascii  "\nHello from a virtbus guest!\n"
    .ascii  "I am one kilobyte of real-mode code, and I am awake.\n"
    .ascii  "Press my power button and I go in peace, or give me a key:\n"
text_help:
    .ascii  "  h  this help            t  how long I have been up\n"
    .ascii  "  i  how much memory      r  reboot\n"
    .asciz  "  p  power off (also q)   c  panic, for the brave\n"
text_button:
    .asciz  "power button pressed, good bye\n"
text_uptime:
    .asciz  "up "
text_seconds:
    .asciz  " s ("
text_ticks:
    .asciz  " ticks)\n"
text_memory:
    .asciz  "memory "
text_kib:
    .asciz  " KiB\n"
text_reboot:
    .asciz  "rebooting\n"
text_power_off:
    .asciz  "powering off\n"
text_no_power:
    .asciz  "this machine has no power switch that I know\n"
text_no_panic:
    .asciz  "this machine has no panic device\n"
text_unknown:
    .asciz  "not a key of mine; h lists them\n"

    .data
    .balign 4
ticks:
    .long   0
