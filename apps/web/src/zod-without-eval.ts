import { z } from 'zod';

// Before any schema is made: zod would else try to compile code at run time, which the content security policy forbids.
z.config({ jitless: true });
