"""The moderators' guide that a board begins with; administrators write their own."""

GUIDE = """\
Take your time. Nearly everything here can be taken back, and nobody expects you to decide alone.

## What to do with a post

- **Is somebody in danger?** _Somebody writes about ending their life, or is being hurt._
  - Yes: answer kindly at once, name a help line, and tell the other moderators.
  - No: go on.
- **Is it advertising, or the work of a machine?**
  - Yes: remove it, without telling. Then look at what else the account wrote.
  - No: go on.
- **Could it harm who follows it?** _A dose, a cure instead of treatment, "stop your tablets"._
  - Yes: remove it and tell the author why. Say in the topic what a doctor should be asked.
  - No: go on.
- **Does it give away who somebody is?** _A name, an address, a clinic's letter._
  - Yes, the author's own: ask the author to edit it.
  - Yes, somebody else's: remove it. If law or privacy asks for it, an administrator erases it for good.
  - No: go on.
- **Is it unkind?**
  - A little: ask the author to edit it, or say a friendly word in the topic.
  - Clearly: remove it and tell the author why. The second time, warn.
  - Again and again: silence for some days, then ban. Talk with another moderator first.
- **Does it stand there twice, or go on from the post before?**
  - Yes: join it with the other post, in its menu. You see first how it will read.
  - No: go on.
- **Are you unsure?** Leave it, and ask another moderator. An hour does no harm.

## How to write a reason

Say in one sentence which rule it is about and what would be fine, as to a friend. The author may read it.

## After it

Everything that was done is in the log, with who and why. A mistake is taken back there with one button.
"""
LONGEST_GUIDE = 20_000  # characters
