/** Imported before any schema is made: zod must not try `new Function`, which the page's policy forbids and reports. */
import * as z from 'zod';

z.config({ jitless: true });
