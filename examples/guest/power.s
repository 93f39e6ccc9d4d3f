/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The machine's switches: the ACPI power button, power off, reset, and the panic device. Finds
 * the ACPI registers of QEMU's two PC machines (PIIX4 and ICH9) by PCI; on any other machine
 * there is no button, and power_off returns. The firmware has placed the registers already.
 */

    .intel_syntax noprefix
    .code16

    .set    PCI_ADDRESS, 0xcf8
    .set    PCI_DATA, 0xcfc
    .set    PCI_PMBASE, 0x40                /* the same register on both */
    .set    PIIX4_PM, 0x80000b00            /* 00:01.3 */
    .set    PIIX4_PM_ID, 0x71138086
    .set    ICH9_LPC, 0x8000f800            /* 00:1f.0 */
    .set    ICH9_LPC_ID, 0x29188086
    .set    PM1_ENABLE, 2                   /* offsets from the base, which is the status */
    .set    PM1_CONTROL, 4
    .set    PM1_POWER_BUTTON, 0x0100
    .set    PM1_SCI_ENABLE, 0x0001
    .set    PM1_SLEEP_ENABLE, 0x2000        /* with sleep type 0, which is "off" on both */
    .set    SCI_VECTOR, 0x71                /* IRQ 9 */
    .set    PIC1_COMMAND, 0x20
    .set    PIC1_MASK, 0x21
    .set    PIC2_COMMAND, 0xa0
    .set    PIC2_MASK, 0xa1
    .set    RESET_CONTROL, 0xcf9
    .set    KEYBOARD_COMMAND, 0x64
    .set    PVPANIC, 0x505
    .set    PVPANIC_PANICKED, 0x01

    .text

/* Finds the power registers and takes the interrupt of the button. */
    .global power_start
power_start:
    mov     ecx, PIIX4_PM
    mov     ebx, PIIX4_PM_ID
    call    power_probe
    jnz     1f
    mov     ecx, ICH9_LPC
    mov     ebx, ICH9_LPC_ID
    call    power_probe
    jnz     1f
    ret
1:  mov     [power_base], ax
    mov     word ptr [SCI_VECTOR * 4], offset power_interrupt
    mov     word ptr [SCI_VECTOR * 4 + 2], 0
    mov     dx, ax
    add     dx, PM1_ENABLE
    mov     ax, PM1_POWER_BUTTON
    out     dx, ax
    add     dx, PM1_CONTROL - PM1_ENABLE
    in      ax, dx
    or      ax, PM1_SCI_ENABLE
    out     dx, ax
    in      al, PIC1_MASK
    and     al, 0xfb                        /* IRQ 2 brings the second controller */
    out     PIC1_MASK, al
    in      al, PIC2_MASK
    and     al, 0xfd
    out     PIC2_MASK, al
    ret

/* Is the PCI function ecx the device ebx? Returns its register base in ax, and zero if not. */
power_probe:
    mov     dx, PCI_ADDRESS
    mov     eax, ecx
    out     dx, eax
    mov     dx, PCI_DATA
    in      eax, dx
    cmp     eax, ebx
    mov     ax, 0
    jne     1f
    mov     dx, PCI_ADDRESS
    mov     eax, ecx
    or      al, PCI_PMBASE
    out     dx, eax
    mov     dx, PCI_DATA
    in      ax, dx
    and     ax, 0xffc0
1:  test    ax, ax
    ret

power_interrupt:
    pusha
    push    ds
    xor     ax, ax
    mov     ds, ax
    call    power_poll
    mov     al, 0x20
    out     PIC2_COMMAND, al
    out     PIC1_COMMAND, al
    pop     ds
    popa
    iret

/* Acknowledges what the status register has, so that its interrupt ends, and notes the button. */
power_poll:
    mov     dx, [power_base]
    in      ax, dx
    out     dx, ax
    test    ax, PM1_POWER_BUTTON
    jz      1f
    mov     byte ptr [power_pressed], 1
1:  ret

/* Does not return, unless the machine has no such switch. */
    .global power_off
power_off:
    mov     dx, [power_base]
    test    dx, dx
    jz      1f
    call    console_flush
    mov     dx, [power_base]
    add     dx, PM1_CONTROL
    mov     ax, PM1_SLEEP_ENABLE
    out     dx, ax
    jmp     power_halt
1:  ret

/* Does not return: the chip set's reset register, then the keyboard controller's line. */
    .global power_reset
power_reset:
    call    console_flush
    mov     dx, RESET_CONTROL
    mov     al, 0x02
    out     dx, al
    mov     al, 0x06
    out     dx, al
    mov     al, 0xfe
    out     KEYBOARD_COMMAND, al
    jmp     power_halt

/* Tells the host that the guest has panicked; returns only if there is no device to tell it. */
    .global power_panic
power_panic:
    mov     dx, PVPANIC
    in      al, dx
    cmp     al, 0xff
    je      1f
    test    al, PVPANIC_PANICKED
    jz      1f
    mov     si, offset panic_text
    call    console_puts
    call    console_flush
    mov     dx, PVPANIC
    mov     al, PVPANIC_PANICKED
    out     dx, al
    jmp     power_halt
1:  ret

power_halt:
    cli
    hlt
    jmp     power_halt

    .section .rodata
panic_text:
    .asciz  "panic, as you wish\n"

    .data
    .balign 2
power_base:
    .word   0                               /* 0: not found */
    .global power_pressed
power_pressed:
    .byte   0
