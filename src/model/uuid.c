/* UUIDs: text forms, and new ones of version 7 (RFC 9562). */
#include <howdah/types.h>

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum { NANOSECONDS_PER_MILLISECOND = 1000000 };

void howdah_uuid_to_text(struct howdah_uuid uuid, char ret_text[HOWDAH_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    char *to = ret_text;
    for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = digits[uuid.bytes[i] >> 4];
        *to++ = digits[uuid.bytes[i] & 15];
    }
    *to = '\0';
}

/* -1 if it is none. */
static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    if (!at)
        return -1;
    int value = (int)(at - digits);
    return value < 16 ? value : value - 6;
}

/* Like the server: hyphens may stand after each group of four digits, and braces around the whole. */
enum howdah_status howdah_uuid_from_text(const char *text, struct howdah_uuid *ret)
{
    struct howdah_uuid uuid;
    if (!text)
        return HOWDAH_STATUS_INVALID;
    bool brace = *text == '{';
    const char *at = text + brace;
    for (size_t i = 0; i < sizeof(uuid.bytes); i++) {
        if (i > 0 && i % 2 == 0 && *at == '-')
            at++;
        int high = hex_digit(*at), low = high < 0 ? -1 : hex_digit(at[1]);
        if (low < 0)
            return HOWDAH_STATUS_INVALID;
        uuid.bytes[i] = (uint8_t)(high * 16 + low);
        at += 2;
    }
    if (brace && *at++ != '}')
        return HOWDAH_STATUS_INVALID;
    if (*at)
        return HOWDAH_STATUS_INVALID;
    *ret = uuid;
    return HOWDAH_STATUS_OK;
}

static bool fill_randomly(void *bytes, size_t size)
{
    ssize_t got;
    do
        got = getrandom(bytes, size, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)size; /* so few bytes come at once */
}

/* 48 bits of milliseconds, the version, 12 bits of the rest of the time (RFC 9562, 6.2, method 3), the variant, and 62
 * random bits. */
enum howdah_status howdah_uuid_v7(struct howdah_uuid *ret)
{
    struct howdah_uuid uuid;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0 || !fill_randomly(uuid.bytes + 8, 8))
        return HOWDAH_STATUS_RESOURCE;
    uint64_t milliseconds = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / NANOSECONDS_PER_MILLISECOND;
    uint64_t fraction = ((uint64_t)now.tv_nsec % NANOSECONDS_PER_MILLISECOND << 12) / NANOSECONDS_PER_MILLISECOND;
    for (unsigned i = 0; i < 6; i++)
        uuid.bytes[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    uuid.bytes[6] = (uint8_t)(0x70 | fraction >> 8);
    uuid.bytes[7] = (uint8_t)fraction;
    uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3F));
    *ret = uuid;
    return HOWDAH_STATUS_OK;
}
