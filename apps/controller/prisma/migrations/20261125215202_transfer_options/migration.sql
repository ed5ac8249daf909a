-- AlterTable
ALTER TABLE "Plan" ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}';

-- What plans have been backing up stays in their copies: the exclusion groups are for plans made from now on.
UPDATE "Plan" SET "options" = '{"exclusionGroups": []}';
