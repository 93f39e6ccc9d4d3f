/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the guest says and hears: text goes to the first serial port and to the screen, keys come
 * from the serial port (by interrupt, so that the processor can sleep) and from the keyboard.
 * What a key means is decided in main.s.
 */

    .intel_syntax noprefix
    .code16

    .set    COM1, 0x3f8
    .set    COM1_IER, COM1 + 1
    .set    COM1_FCR, COM1 + 2
    .set    COM1_LCR, COM1 + 3
    .set    COM1_MCR, COM1 + 4
    .set    COM1_LSR, COM1 + 5
    .set    LSR_DATA_READY, 0x01
    .set    LSR_HOLDING_EMPTY, 0x20
    .set    LSR_ALL_SENT, 0x40
    .set    COM1_VECTOR, 0x0c               /* IRQ 4 */
    .set    PIC1_COMMAND, 0x20
    .set    PIC1_MASK, 0x21
    .set    TICK_COUNT, 0x46c               /* the firmware's, 18.2 times a second */
    .set    KEYS_SIZE, 64                   /* a power of two */

    .macro  write_port port, value
    mov     dx, \port
    mov     al, \value
    out     dx, al
    .endm

    .text

/* Sets the port to 115200 baud, 8N1, and takes its receive interrupt. */
    .global console_start
console_start:
    mov     word ptr [COM1_VECTOR * 4], offset console_interrupt
    mov     word ptr [COM1_VECTOR * 4 + 2], 0
    write_port COM1_IER, 0x00
    write_port COM1_LCR, 0x80
    write_port COM1, 0x01                   /* the divisor, low byte */
    write_port COM1_IER, 0x00               /* the divisor, high byte */
    write_port COM1_LCR, 0x03
    write_port COM1_FCR, 0x07
    write_port COM1_MCR, 0x0b               /* DTR, RTS, and OUT2, which lets interrupts pass */
    write_port COM1_IER, 0x01
    in      al, PIC1_MASK
    and     al, 0xef
    out     PIC1_MASK, al
    ret

/* The segment registers are whatever the interrupted firmware call had. A full ring drops keys. */
console_interrupt:
    pusha
    push    ds
    xor     ax, ax
    mov     ds, ax
1:  mov     dx, COM1_LSR
    in      al, dx
    cmp     al, 0xff                        /* no such port */
    je      2f
    test    al, LSR_DATA_READY
    jz      2f
    mov     dx, COM1
    in      al, dx
    movzx   bx, byte ptr [keys_written]
    mov     cl, bl
    sub     cl, [keys_read]
    cmp     cl, KEYS_SIZE
    je      1b
    and     bx, KEYS_SIZE - 1
    mov     [keys + bx], al
    inc     byte ptr [keys_written]
    jmp     1b
2:  mov     al, 0x20
    out     PIC1_COMMAND, al
    pop     ds
    popa
    iret

/* Returns the next key in al, or 0. Interrupts are off when it returns: the caller may sleep. */
    .global console_key
console_key:
    mov     ah, 0x01                        /* the keyboard: anything there? */
    int     0x16
    jz      1f
    mov     ah, 0x00                        /* then fetch it */
    int     0x16
    cli
    ret
1:  cli                                     /* the firmware may have let interrupts in */
    mov     al, 0
    movzx   bx, byte ptr [keys_read]
    cmp     bl, [keys_written]
    je      2f
    and     bx, KEYS_SIZE - 1
    mov     al, [keys + bx]
    inc     byte ptr [keys_read]
2:  ret

/* Prints the character in al; all registers survive. */
    .global console_putc
console_putc:
    pusha
    cmp     al, 10
    jne     1f
    mov     al, 13
    call    console_putc
    mov     al, 10
1:  mov     bl, al
    mov     dx, COM1_LSR
2:  in      al, dx
    test    al, LSR_HOLDING_EMPTY
    jz      2b
    mov     dx, COM1
    mov     al, bl
    out     dx, al
    mov     ah, 0x0e
    mov     bx, 0x0007
    int     0x10
    popa
    ret

/* Prints the zero-terminated text at si; si is lost. */
    .global console_puts
console_puts:
    push    ax
1:  lodsb
    test    al, al
    jz      2f
    call    console_putc
    jmp     1b
2:  pop     ax
    ret

/* Prints eax in decimal; all registers survive. */
    .global console_putn
console_putn:
    pushad
    mov     ebx, 10
    xor     cx, cx
1:  xor     edx, edx
    div     ebx
    push    dx
    inc     cx
    test    eax, eax
    jnz     1b
2:  pop     ax
    add     al, '0'
    call    console_putc
    loop    2b
    popad
    ret

/* Waits until the last character has left the port, before the machine goes away, and then some
 * 100 ms more: a terminal at the host's end loses what is unread when the machine is gone. */
    .global console_flush
console_flush:
    mov     dx, COM1_LSR
1:  in      al, dx
    test    al, LSR_ALL_SENT
    jz      1b
    mov     cx, 2
2:  mov     al, [TICK_COUNT]
3:  hlt
    cmp     al, [TICK_COUNT]
    je      3b
    loop    2b
    ret

    .data
keys_written:
    .byte   0
keys_read:
    .byte   0
keys:
    .fill   KEYS_SIZE, 1, 0
