/* SPDX-License-Identifier: MIT */
/*
 * letter_case.c - upper and lower case from tables of stretches.
 *
 * A stretch says that `count` characters, `step` apart from `first` on, move by `delta`; most alphabets are one. The
 * tables are made by tests/vectors/gen/letter_case.mjs from what node thinks. Characters that become several in upper
 * case stand in a table of their own; in lower case there is but one, the Turkish capital I with a dot. ASCII is
 * computed.
 *
 * Which characters a final sigma looks past is simplified here: the marks of Latin and Greek, and a few signs.
 */
#include "base/letter_case.h"

typedef struct stretch {
    uint32_t first;
    int32_t delta;
    uint16_t count, step;
} stretch;

typedef struct several {
    uint16_t from, to[YT_CASE_MAX];
} several;

/* clang-format off */
/* Unicode 17.0 */
static const stretch lower[] = {
    {0xC0, 32, 23, 1},
    {0xD8, 32, 7, 1},
    {0x100, 1, 24, 2},
    {0x132, 1, 3, 2},
    {0x139, 1, 8, 2},
    {0x14A, 1, 23, 2},
    {0x178, -121, 1, 1},
    {0x179, 1, 3, 2},
    {0x181, 210, 1, 1},
    {0x182, 1, 2, 2},
    {0x186, 206, 1, 1},
    {0x187, 1, 1, 1},
    {0x189, 205, 2, 1},
    {0x18B, 1, 1, 1},
    {0x18E, 79, 1, 1},
    {0x18F, 202, 1, 1},
    {0x190, 203, 1, 1},
    {0x191, 1, 1, 1},
    {0x193, 205, 1, 1},
    {0x194, 207, 1, 1},
    {0x196, 211, 1, 1},
    {0x197, 209, 1, 1},
    {0x198, 1, 1, 1},
    {0x19C, 211, 1, 1},
    {0x19D, 213, 1, 1},
    {0x19F, 214, 1, 1},
    {0x1A0, 1, 3, 2},
    {0x1A6, 218, 1, 1},
    {0x1A7, 1, 1, 1},
    {0x1A9, 218, 1, 1},
    {0x1AC, 1, 1, 1},
    {0x1AE, 218, 1, 1},
    {0x1AF, 1, 1, 1},
    {0x1B1, 217, 2, 1},
    {0x1B3, 1, 2, 2},
    {0x1B7, 219, 1, 1},
    {0x1B8, 1, 1, 1},
    {0x1BC, 1, 1, 1},
    {0x1C4, 2, 1, 1},
    {0x1C5, 1, 1, 1},
    {0x1C7, 2, 1, 1},
    {0x1C8, 1, 1, 1},
    {0x1CA, 2, 1, 1},
    {0x1CB, 1, 9, 2},
    {0x1DE, 1, 9, 2},
    {0x1F1, 2, 1, 1},
    {0x1F2, 1, 2, 2},
    {0x1F6, -97, 1, 1},
    {0x1F7, -56, 1, 1},
    {0x1F8, 1, 20, 2},
    {0x220, -130, 1, 1},
    {0x222, 1, 9, 2},
    {0x23A, 10795, 1, 1},
    {0x23B, 1, 1, 1},
    {0x23D, -163, 1, 1},
    {0x23E, 10792, 1, 1},
    {0x241, 1, 1, 1},
    {0x243, -195, 1, 1},
    {0x244, 69, 1, 1},
    {0x245, 71, 1, 1},
    {0x246, 1, 5, 2},
    {0x370, 1, 2, 2},
    {0x376, 1, 1, 1},
    {0x37F, 116, 1, 1},
    {0x386, 38, 1, 1},
    {0x388, 37, 3, 1},
    {0x38C, 64, 1, 1},
    {0x38E, 63, 2, 1},
    {0x391, 32, 17, 1},
    {0x3A3, 32, 9, 1},
    {0x3CF, 8, 1, 1},
    {0x3D8, 1, 12, 2},
    {0x3F4, -60, 1, 1},
    {0x3F7, 1, 1, 1},
    {0x3F9, -7, 1, 1},
    {0x3FA, 1, 1, 1},
    {0x3FD, -130, 3, 1},
    {0x400, 80, 16, 1},
    {0x410, 32, 32, 1},
    {0x460, 1, 17, 2},
    {0x48A, 1, 27, 2},
    {0x4C0, 15, 1, 1},
    {0x4C1, 1, 7, 2},
    {0x4D0, 1, 48, 2},
    {0x531, 48, 38, 1},
    {0x10A0, 7264, 38, 1},
    {0x10C7, 7264, 1, 1},
    {0x10CD, 7264, 1, 1},
    {0x13A0, 38864, 80, 1},
    {0x13F0, 8, 6, 1},
    {0x1C89, 1, 1, 1},
    {0x1C90, -3008, 43, 1},
    {0x1CBD, -3008, 3, 1},
    {0x1E00, 1, 75, 2},
    {0x1E9E, -7615, 1, 1},
    {0x1EA0, 1, 48, 2},
    {0x1F08, -8, 8, 1},
    {0x1F18, -8, 6, 1},
    {0x1F28, -8, 8, 1},
    {0x1F38, -8, 8, 1},
    {0x1F48, -8, 6, 1},
    {0x1F59, -8, 4, 2},
    {0x1F68, -8, 8, 1},
    {0x1F88, -8, 8, 1},
    {0x1F98, -8, 8, 1},
    {0x1FA8, -8, 8, 1},
    {0x1FB8, -8, 2, 1},
    {0x1FBA, -74, 2, 1},
    {0x1FBC, -9, 1, 1},
    {0x1FC8, -86, 4, 1},
    {0x1FCC, -9, 1, 1},
    {0x1FD8, -8, 2, 1},
    {0x1FDA, -100, 2, 1},
    {0x1FE8, -8, 2, 1},
    {0x1FEA, -112, 2, 1},
    {0x1FEC, -7, 1, 1},
    {0x1FF8, -128, 2, 1},
    {0x1FFA, -126, 2, 1},
    {0x1FFC, -9, 1, 1},
    {0x2126, -7517, 1, 1},
    {0x212A, -8383, 1, 1},
    {0x212B, -8262, 1, 1},
    {0x2132, 28, 1, 1},
    {0x2160, 16, 16, 1},
    {0x2183, 1, 1, 1},
    {0x24B6, 26, 26, 1},
    {0x2C00, 48, 48, 1},
    {0x2C60, 1, 1, 1},
    {0x2C62, -10743, 1, 1},
    {0x2C63, -3814, 1, 1},
    {0x2C64, -10727, 1, 1},
    {0x2C67, 1, 3, 2},
    {0x2C6D, -10780, 1, 1},
    {0x2C6E, -10749, 1, 1},
    {0x2C6F, -10783, 1, 1},
    {0x2C70, -10782, 1, 1},
    {0x2C72, 1, 1, 1},
    {0x2C75, 1, 1, 1},
    {0x2C7E, -10815, 2, 1},
    {0x2C80, 1, 50, 2},
    {0x2CEB, 1, 2, 2},
    {0x2CF2, 1, 1, 1},
    {0xA640, 1, 23, 2},
    {0xA680, 1, 14, 2},
    {0xA722, 1, 7, 2},
    {0xA732, 1, 31, 2},
    {0xA779, 1, 2, 2},
    {0xA77D, -35332, 1, 1},
    {0xA77E, 1, 5, 2},
    {0xA78B, 1, 1, 1},
    {0xA78D, -42280, 1, 1},
    {0xA790, 1, 2, 2},
    {0xA796, 1, 10, 2},
    {0xA7AA, -42308, 1, 1},
    {0xA7AB, -42319, 1, 1},
    {0xA7AC, -42315, 1, 1},
    {0xA7AD, -42305, 1, 1},
    {0xA7AE, -42308, 1, 1},
    {0xA7B0, -42258, 1, 1},
    {0xA7B1, -42282, 1, 1},
    {0xA7B2, -42261, 1, 1},
    {0xA7B3, 928, 1, 1},
    {0xA7B4, 1, 8, 2},
    {0xA7C4, -48, 1, 1},
    {0xA7C5, -42307, 1, 1},
    {0xA7C6, -35384, 1, 1},
    {0xA7C7, 1, 2, 2},
    {0xA7CB, -42343, 1, 1},
    {0xA7CC, 1, 8, 2},
    {0xA7DC, -42561, 1, 1},
    {0xA7F5, 1, 1, 1},
    {0xFF21, 32, 26, 1},
    {0x10400, 40, 40, 1},
    {0x104B0, 40, 36, 1},
    {0x10570, 39, 11, 1},
    {0x1057C, 39, 15, 1},
    {0x1058C, 39, 7, 1},
    {0x10594, 39, 2, 1},
    {0x10C80, 64, 51, 1},
    {0x10D50, 32, 22, 1},
    {0x118A0, 32, 32, 1},
    {0x16E40, 32, 32, 1},
    {0x16EA0, 27, 25, 1},
    {0x1E900, 34, 34, 1},
};
static const stretch upper[] = {
    {0xB5, 743, 1, 1},
    {0xE0, -32, 23, 1},
    {0xF8, -32, 7, 1},
    {0xFF, 121, 1, 1},
    {0x101, -1, 24, 2},
    {0x131, -232, 1, 1},
    {0x133, -1, 3, 2},
    {0x13A, -1, 8, 2},
    {0x14B, -1, 23, 2},
    {0x17A, -1, 3, 2},
    {0x17F, -300, 1, 1},
    {0x180, 195, 1, 1},
    {0x183, -1, 2, 2},
    {0x188, -1, 1, 1},
    {0x18C, -1, 1, 1},
    {0x192, -1, 1, 1},
    {0x195, 97, 1, 1},
    {0x199, -1, 1, 1},
    {0x19A, 163, 1, 1},
    {0x19B, 42561, 1, 1},
    {0x19E, 130, 1, 1},
    {0x1A1, -1, 3, 2},
    {0x1A8, -1, 1, 1},
    {0x1AD, -1, 1, 1},
    {0x1B0, -1, 1, 1},
    {0x1B4, -1, 2, 2},
    {0x1B9, -1, 1, 1},
    {0x1BD, -1, 1, 1},
    {0x1BF, 56, 1, 1},
    {0x1C5, -1, 1, 1},
    {0x1C6, -2, 1, 1},
    {0x1C8, -1, 1, 1},
    {0x1C9, -2, 1, 1},
    {0x1CB, -1, 1, 1},
    {0x1CC, -2, 1, 1},
    {0x1CE, -1, 8, 2},
    {0x1DD, -79, 1, 1},
    {0x1DF, -1, 9, 2},
    {0x1F2, -1, 1, 1},
    {0x1F3, -2, 1, 1},
    {0x1F5, -1, 1, 1},
    {0x1F9, -1, 20, 2},
    {0x223, -1, 9, 2},
    {0x23C, -1, 1, 1},
    {0x23F, 10815, 2, 1},
    {0x242, -1, 1, 1},
    {0x247, -1, 5, 2},
    {0x250, 10783, 1, 1},
    {0x251, 10780, 1, 1},
    {0x252, 10782, 1, 1},
    {0x253, -210, 1, 1},
    {0x254, -206, 1, 1},
    {0x256, -205, 2, 1},
    {0x259, -202, 1, 1},
    {0x25B, -203, 1, 1},
    {0x25C, 42319, 1, 1},
    {0x260, -205, 1, 1},
    {0x261, 42315, 1, 1},
    {0x263, -207, 1, 1},
    {0x264, 42343, 1, 1},
    {0x265, 42280, 1, 1},
    {0x266, 42308, 1, 1},
    {0x268, -209, 1, 1},
    {0x269, -211, 1, 1},
    {0x26A, 42308, 1, 1},
    {0x26B, 10743, 1, 1},
    {0x26C, 42305, 1, 1},
    {0x26F, -211, 1, 1},
    {0x271, 10749, 1, 1},
    {0x272, -213, 1, 1},
    {0x275, -214, 1, 1},
    {0x27D, 10727, 1, 1},
    {0x280, -218, 1, 1},
    {0x282, 42307, 1, 1},
    {0x283, -218, 1, 1},
    {0x287, 42282, 1, 1},
    {0x288, -218, 1, 1},
    {0x289, -69, 1, 1},
    {0x28A, -217, 2, 1},
    {0x28C, -71, 1, 1},
    {0x292, -219, 1, 1},
    {0x29D, 42261, 1, 1},
    {0x29E, 42258, 1, 1},
    {0x345, 84, 1, 1},
    {0x371, -1, 2, 2},
    {0x377, -1, 1, 1},
    {0x37B, 130, 3, 1},
    {0x3AC, -38, 1, 1},
    {0x3AD, -37, 3, 1},
    {0x3B1, -32, 17, 1},
    {0x3C2, -31, 1, 1},
    {0x3C3, -32, 9, 1},
    {0x3CC, -64, 1, 1},
    {0x3CD, -63, 2, 1},
    {0x3D0, -62, 1, 1},
    {0x3D1, -57, 1, 1},
    {0x3D5, -47, 1, 1},
    {0x3D6, -54, 1, 1},
    {0x3D7, -8, 1, 1},
    {0x3D9, -1, 12, 2},
    {0x3F0, -86, 1, 1},
    {0x3F1, -80, 1, 1},
    {0x3F2, 7, 1, 1},
    {0x3F3, -116, 1, 1},
    {0x3F5, -96, 1, 1},
    {0x3F8, -1, 1, 1},
    {0x3FB, -1, 1, 1},
    {0x430, -32, 32, 1},
    {0x450, -80, 16, 1},
    {0x461, -1, 17, 2},
    {0x48B, -1, 27, 2},
    {0x4C2, -1, 7, 2},
    {0x4CF, -15, 1, 1},
    {0x4D1, -1, 48, 2},
    {0x561, -48, 38, 1},
    {0x10D0, 3008, 43, 1},
    {0x10FD, 3008, 3, 1},
    {0x13F8, -8, 6, 1},
    {0x1C80, -6254, 1, 1},
    {0x1C81, -6253, 1, 1},
    {0x1C82, -6244, 1, 1},
    {0x1C83, -6242, 2, 1},
    {0x1C85, -6243, 1, 1},
    {0x1C86, -6236, 1, 1},
    {0x1C87, -6181, 1, 1},
    {0x1C88, 35266, 1, 1},
    {0x1C8A, -1, 1, 1},
    {0x1D79, 35332, 1, 1},
    {0x1D7D, 3814, 1, 1},
    {0x1D8E, 35384, 1, 1},
    {0x1E01, -1, 75, 2},
    {0x1E9B, -59, 1, 1},
    {0x1EA1, -1, 48, 2},
    {0x1F00, 8, 8, 1},
    {0x1F10, 8, 6, 1},
    {0x1F20, 8, 8, 1},
    {0x1F30, 8, 8, 1},
    {0x1F40, 8, 6, 1},
    {0x1F51, 8, 4, 2},
    {0x1F60, 8, 8, 1},
    {0x1F70, 74, 2, 1},
    {0x1F72, 86, 4, 1},
    {0x1F76, 100, 2, 1},
    {0x1F78, 128, 2, 1},
    {0x1F7A, 112, 2, 1},
    {0x1F7C, 126, 2, 1},
    {0x1FB0, 8, 2, 1},
    {0x1FBE, -7205, 1, 1},
    {0x1FD0, 8, 2, 1},
    {0x1FE0, 8, 2, 1},
    {0x1FE5, 7, 1, 1},
    {0x214E, -28, 1, 1},
    {0x2170, -16, 16, 1},
    {0x2184, -1, 1, 1},
    {0x24D0, -26, 26, 1},
    {0x2C30, -48, 48, 1},
    {0x2C61, -1, 1, 1},
    {0x2C65, -10795, 1, 1},
    {0x2C66, -10792, 1, 1},
    {0x2C68, -1, 3, 2},
    {0x2C73, -1, 1, 1},
    {0x2C76, -1, 1, 1},
    {0x2C81, -1, 50, 2},
    {0x2CEC, -1, 2, 2},
    {0x2CF3, -1, 1, 1},
    {0x2D00, -7264, 38, 1},
    {0x2D27, -7264, 1, 1},
    {0x2D2D, -7264, 1, 1},
    {0xA641, -1, 23, 2},
    {0xA681, -1, 14, 2},
    {0xA723, -1, 7, 2},
    {0xA733, -1, 31, 2},
    {0xA77A, -1, 2, 2},
    {0xA77F, -1, 5, 2},
    {0xA78C, -1, 1, 1},
    {0xA791, -1, 2, 2},
    {0xA794, 48, 1, 1},
    {0xA797, -1, 10, 2},
    {0xA7B5, -1, 8, 2},
    {0xA7C8, -1, 2, 2},
    {0xA7CD, -1, 8, 2},
    {0xA7F6, -1, 1, 1},
    {0xAB53, -928, 1, 1},
    {0xAB70, -38864, 80, 1},
    {0xFF41, -32, 26, 1},
    {0x10428, -40, 40, 1},
    {0x104D8, -40, 36, 1},
    {0x10597, -39, 11, 1},
    {0x105A3, -39, 15, 1},
    {0x105B3, -39, 7, 1},
    {0x105BB, -39, 2, 1},
    {0x10CC0, -64, 51, 1},
    {0x10D70, -32, 22, 1},
    {0x118C0, -32, 32, 1},
    {0x16E60, -32, 32, 1},
    {0x16EBB, -27, 25, 1},
    {0x1E922, -34, 34, 1},
};
static const several upper_several[] = {
    {0xDF, {0x53, 0x53}},
    {0x149, {0x2BC, 0x4E}},
    {0x1F0, {0x4A, 0x30C}},
    {0x390, {0x399, 0x308, 0x301}},
    {0x3B0, {0x3A5, 0x308, 0x301}},
    {0x587, {0x535, 0x552}},
    {0x1E96, {0x48, 0x331}},
    {0x1E97, {0x54, 0x308}},
    {0x1E98, {0x57, 0x30A}},
    {0x1E99, {0x59, 0x30A}},
    {0x1E9A, {0x41, 0x2BE}},
    {0x1F50, {0x3A5, 0x313}},
    {0x1F52, {0x3A5, 0x313, 0x300}},
    {0x1F54, {0x3A5, 0x313, 0x301}},
    {0x1F56, {0x3A5, 0x313, 0x342}},
    {0x1F80, {0x1F08, 0x399}},
    {0x1F81, {0x1F09, 0x399}},
    {0x1F82, {0x1F0A, 0x399}},
    {0x1F83, {0x1F0B, 0x399}},
    {0x1F84, {0x1F0C, 0x399}},
    {0x1F85, {0x1F0D, 0x399}},
    {0x1F86, {0x1F0E, 0x399}},
    {0x1F87, {0x1F0F, 0x399}},
    {0x1F88, {0x1F08, 0x399}},
    {0x1F89, {0x1F09, 0x399}},
    {0x1F8A, {0x1F0A, 0x399}},
    {0x1F8B, {0x1F0B, 0x399}},
    {0x1F8C, {0x1F0C, 0x399}},
    {0x1F8D, {0x1F0D, 0x399}},
    {0x1F8E, {0x1F0E, 0x399}},
    {0x1F8F, {0x1F0F, 0x399}},
    {0x1F90, {0x1F28, 0x399}},
    {0x1F91, {0x1F29, 0x399}},
    {0x1F92, {0x1F2A, 0x399}},
    {0x1F93, {0x1F2B, 0x399}},
    {0x1F94, {0x1F2C, 0x399}},
    {0x1F95, {0x1F2D, 0x399}},
    {0x1F96, {0x1F2E, 0x399}},
    {0x1F97, {0x1F2F, 0x399}},
    {0x1F98, {0x1F28, 0x399}},
    {0x1F99, {0x1F29, 0x399}},
    {0x1F9A, {0x1F2A, 0x399}},
    {0x1F9B, {0x1F2B, 0x399}},
    {0x1F9C, {0x1F2C, 0x399}},
    {0x1F9D, {0x1F2D, 0x399}},
    {0x1F9E, {0x1F2E, 0x399}},
    {0x1F9F, {0x1F2F, 0x399}},
    {0x1FA0, {0x1F68, 0x399}},
    {0x1FA1, {0x1F69, 0x399}},
    {0x1FA2, {0x1F6A, 0x399}},
    {0x1FA3, {0x1F6B, 0x399}},
    {0x1FA4, {0x1F6C, 0x399}},
    {0x1FA5, {0x1F6D, 0x399}},
    {0x1FA6, {0x1F6E, 0x399}},
    {0x1FA7, {0x1F6F, 0x399}},
    {0x1FA8, {0x1F68, 0x399}},
    {0x1FA9, {0x1F69, 0x399}},
    {0x1FAA, {0x1F6A, 0x399}},
    {0x1FAB, {0x1F6B, 0x399}},
    {0x1FAC, {0x1F6C, 0x399}},
    {0x1FAD, {0x1F6D, 0x399}},
    {0x1FAE, {0x1F6E, 0x399}},
    {0x1FAF, {0x1F6F, 0x399}},
    {0x1FB2, {0x1FBA, 0x399}},
    {0x1FB3, {0x391, 0x399}},
    {0x1FB4, {0x386, 0x399}},
    {0x1FB6, {0x391, 0x342}},
    {0x1FB7, {0x391, 0x342, 0x399}},
    {0x1FBC, {0x391, 0x399}},
    {0x1FC2, {0x1FCA, 0x399}},
    {0x1FC3, {0x397, 0x399}},
    {0x1FC4, {0x389, 0x399}},
    {0x1FC6, {0x397, 0x342}},
    {0x1FC7, {0x397, 0x342, 0x399}},
    {0x1FCC, {0x397, 0x399}},
    {0x1FD2, {0x399, 0x308, 0x300}},
    {0x1FD3, {0x399, 0x308, 0x301}},
    {0x1FD6, {0x399, 0x342}},
    {0x1FD7, {0x399, 0x308, 0x342}},
    {0x1FE2, {0x3A5, 0x308, 0x300}},
    {0x1FE3, {0x3A5, 0x308, 0x301}},
    {0x1FE4, {0x3A1, 0x313}},
    {0x1FE6, {0x3A5, 0x342}},
    {0x1FE7, {0x3A5, 0x308, 0x342}},
    {0x1FF2, {0x1FFA, 0x399}},
    {0x1FF3, {0x3A9, 0x399}},
    {0x1FF4, {0x38F, 0x399}},
    {0x1FF6, {0x3A9, 0x342}},
    {0x1FF7, {0x3A9, 0x342, 0x399}},
    {0x1FFC, {0x3A9, 0x399}},
    {0xFB00, {0x46, 0x46}},
    {0xFB01, {0x46, 0x49}},
    {0xFB02, {0x46, 0x4C}},
    {0xFB03, {0x46, 0x46, 0x49}},
    {0xFB04, {0x46, 0x46, 0x4C}},
    {0xFB05, {0x53, 0x54}},
    {0xFB06, {0x53, 0x54}},
    {0xFB13, {0x544, 0x546}},
    {0xFB14, {0x544, 0x535}},
    {0xFB15, {0x544, 0x53B}},
    {0xFB16, {0x54E, 0x546}},
    {0xFB17, {0x544, 0x53D}},
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof *(table))

static uint32_t move(const stretch *table, size_t n, uint32_t c) {
    size_t low = 0, high = n; /* the last one that begins at or before c is low - 1 */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].first <= c)
            low = middle + 1;
        else
            high = middle;
    }
    /* Stretches of every other character interlace: look at two. */
    for (size_t i = low; i > 0 && low - i < 2; i--) {
        const stretch *s = &table[i - 1];
        uint32_t distance = c - s->first;
        if (distance % s->step == 0 && distance / s->step < s->count) return (uint32_t)((int32_t)c + s->delta);
    }
    return c;
}

unsigned yt_lower(uint32_t c, uint32_t out[YT_CASE_MAX]) {
    out[0] = c;
    if (c < 0x80) {
        if (c >= 'A' && c <= 'Z') out[0] = c + 32;
    } else if (c == 0x130) {
        out[0] = 'i';
        out[1] = 0x307;
        return 2;
    } else {
        out[0] = move(lower, COUNT(lower), c);
    }
    return 1;
}

unsigned yt_upper(uint32_t c, uint32_t out[YT_CASE_MAX]) {
    out[0] = c;
    if (c < 0x80) {
        if (c >= 'a' && c <= 'z') out[0] = c - 32;
        return 1;
    }
    size_t low = 0, high = COUNT(upper_several);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (upper_several[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(upper_several) || upper_several[low].from != c) {
        out[0] = move(upper, COUNT(upper), c);
        return 1;
    }
    unsigned n = 0;
    for (; n < YT_CASE_MAX && upper_several[low].to[n]; n++) out[n] = upper_several[low].to[n];
    return n;
}

/* ------------------------------------------------------------------------
 * Text
 */
static uint32_t decode(yata_str text, size_t *at) {
    const uint8_t *p = (const uint8_t *)text.data + *at;
    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *at += 2;
        return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63u);
    }
    if (p[0] < 0xF0) {
        *at += 3;
        return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63u);
    }
    *at += 4;
    return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 | (uint32_t)(p[2] & 63) << 6 | (p[3] & 63u);
}

static bool is_mark(uint32_t c) {
    return c == '\'' || c == '.' || c == ':' || c == '^' || c == '`' || c == 0xA8 || c == 0xAD || c == 0xAF ||
           c == 0xB4 || c == 0xB7 || c == 0xB8 || (c >= 0x300 && c < 0x370) || c == 0x2018 || c == 0x2019;
}

static bool has_case(uint32_t c) {
    uint32_t out[YT_CASE_MAX];
    return yt_lower(c, out) > 1 || out[0] != c || yt_upper(c, out) > 1 || out[0] != c;
}

/* Does no letter that has a case follow? */
static bool ends_word(yata_str text, size_t at) {
    while (at < text.len) {
        uint32_t c = decode(text, &at);
        if (!is_mark(c)) return !has_case(c);
    }
    return true;
}

bool yt_next_lower(yt_case_walk *walk, uint32_t *out) {
    if (walk->used == walk->count) {
        if (walk->at == walk->text.len) return false;
        uint32_t c = decode(walk->text, &walk->at);
        walk->used = 0;
        walk->count = yt_lower(c, walk->next);
        if (c == 0x3A3 && walk->after_letter && ends_word(walk->text, walk->at)) walk->next[0] = 0x3C2;
        if (!is_mark(c)) walk->after_letter = has_case(c);
    }
    *out = walk->next[walk->used++];
    return true;
}

bool yt_next_upper(yt_case_walk *walk, uint32_t *out) {
    if (walk->used == walk->count) {
        if (walk->at == walk->text.len) return false;
        walk->used = 0;
        walk->count = yt_upper(decode(walk->text, &walk->at), walk->next);
    }
    *out = walk->next[walk->used++];
    return true;
}

bool yt_equal_upper(yata_str a, yata_str b) {
    yt_case_walk x = {.text = a}, y = {.text = b};
    for (;;) {
        uint32_t c = 0, d = 0;
        bool more = yt_next_upper(&x, &c);
        if (more != yt_next_upper(&y, &d) || c != d) return false;
        if (!more) return true;
    }
}
